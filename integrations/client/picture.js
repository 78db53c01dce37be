// @ts-check

// From what the service answers to what is to be seen; pure, so that both user interfaces show the same.

import { surveyOf } from "./survey.js";

const DAY = 86400000;
const HOUR = 3600000;
/** Days for which an answer that brought nothing about stays in sight. */
const REMEMBERED = 14;
/** The states of a program in which members can enrol. */
const TAKING_IN = ["ENROLLING", "MATCHING", "ACTIVE"];
/** Why a mentor says no, and why a mentorship ends, in the service's words. */
export const REASONS = [
  "NO_TIME",
  "FULL",
  "AWAY",
  "NOT_MY_FIELD",
  "NOT_A_FIT",
  "OTHER",
];
export const ENDS = [
  "GOAL_REACHED",
  "COMPLETED",
  "NO_TIME",
  "NO_REPLY",
  "NOT_A_FIT",
  "OTHER",
];
/** Refusals that the catalogues have words for; any other is shown in the service's own. */
const REFUSED = ["already_asked", "not_enrolled", "paused", "has_a_mentor"];
const TROUBLES = [
  "offline",
  "unreachable",
  "slow",
  "busy",
  "broken",
  "refused",
  "expired",
  "signed-out",
  "unproven",
  "window-blocked",
  "not-a-member",
  "not-set-up",
];
const HOPELESS = ["not-a-member", "not-set-up"];
const BY_WINDOW = ["signed-out", "unproven", "window-blocked"];
/** What says most to a member about why somebody could help, in the service's order. */
export const TELLING = [
  "named",
  "topic",
  "offer",
  "solved",
  "ties",
  "appreciated",
  "category",
  "help",
  "habit",
  "willing",
  "presence",
];
const MEETINGS = ["report", "choose", "next", "asked"];
/** How long a session may be proposed to last, in minutes. */
export const MINUTES = [30, 45, 60, 90];
const MOST_REASONS = 4;
const MOST_POSTS = 2;
const MOST_ENDED = 3;

/**
 * @typedef {{ id: string, hostUserId: string, username: string, name: string | null, avatarUrl: string | null, title?: string | null }} Person
 * @typedef {{ id: string, name: string }} Named
 * @typedef {{ key: string, values: Record<string, unknown> }} Line
 * @typedef {{ text: string, evidence: { title: string, url: string }[] }} Reason
 * @typedef {{ id: string, person: Person, name: string, reasons: Reason[], programs: Named[] }} Suggested
 * @typedef {{ id: string, person: Person, name: string, goal: string, note: string, program: Named | null, expires: Line | null, soon: boolean, rank: number, queued: boolean }} Waiting
 * @typedef {{ id: string, people: Person[], names: string, mentoring: boolean, program: Named | null, since: string, until: string | null, session: Meeting | null }} Pair
 * @typedef {{ kind: "report" | "choose" | "next" | "asked", id: string, at: string | null, times: string[], topic: string, place: string }} Meeting what there is to say of the session that matters most
 * @typedef {{ id: string, role: "MENTOR" | "MENTEE", program: Named, purpose: string, conduct: string }} Invited
 * @typedef {{ id: string, person: Person, name: string, state: "DECLINED" | "EXPIRED", message: string }} Answered
 * @typedef {{ id: string, role: "MENTOR" | "MENTEE", state: string, capacity: number, paused: boolean, program: Named }} Part
 * @typedef {{ id: string, name: string, purpose: string, roles: ("MENTOR" | "MENTEE")[], benefits: string, conduct: string }} Joinable
 * @typedef {{ id: string, name: string, slot: string | null, names: string[], size: number }} Circle
 * @typedef {object} Picture
 * @property {Person} me
 * @property {string} community
 * @property {string} host
 * @property {string} url
 * @property {Waiting[]} received what waits for the viewer's answer
 * @property {Waiting[]} sent what the viewer waits for
 * @property {Answered[]} answered what was declined or has expired of late
 * @property {Invited[]} invited
 * @property {Pair[]} matched
 * @property {Pair[]} ended
 * @property {Suggested[]} suggestions
 * @property {Part[]} parts
 * @property {Joinable[]} joinable
 * @property {Circle[]} circles
 * @property {import("./survey.js").Survey[]} surveys what the viewer is asked about how it goes
 * @property {{ id: string, text: string, topicUrl: string | null }[]} needs
 * @property {{ messages: boolean, expert: boolean }} consents
 * @property {boolean} enrolled whether the viewer takes part in any program
 * @property {number} count what waits for the viewer
 */

/**
 * @param {any} answer of the document `home`
 * @param {number} now milliseconds
 * @returns {Picture}
 */
export function picture(answer, now) {
  const viewer = answer.viewer;
  const parts = partsOf(viewer.enrolments);
  const received = viewer.receivedRequests
    .filter((/** @type {any} */ one) => one.state === "PENDING" && one.mentee)
    .map((/** @type {any} */ one) => waiting(one, one.mentee, now));
  const open = viewer.sentRequests.filter(
    (/** @type {any} */ one) =>
      ["PENDING", "QUEUED"].includes(one.state) && one.mentor
  );
  const pairs = viewer.mentorships.map((/** @type {any} */ one) =>
    pair(one, viewer.member.id, viewer.sessions, now)
  );
  const busy = new Set([
    ...open.map((/** @type {any} */ one) => one.mentor.id),
    ...pairs
      .filter((/** @type {Pair} */ one) => !one.until)
      .flatMap((/** @type {Pair} */ one) => one.people.map(({ id }) => id)),
  ]);
  return {
    me: viewer.member,
    community: answer.community.name,
    host: answer.community.host,
    url: answer.community.url,
    received,
    sent: open.map((/** @type {any} */ one) => waiting(one, one.mentor, now)),
    answered: answeredOf(viewer.sentRequests, now),
    matched: pairs.filter((/** @type {Pair} */ one) => !one.until),
    ended: pairs
      .filter((/** @type {Pair} */ one) => one.until)
      .sort((/** @type {Pair} */ one, /** @type {Pair} */ other) =>
        String(other.until).localeCompare(String(one.until))
      )
      .slice(0, MOST_ENDED),
    invited: viewer.invitations
      .filter((/** @type {any} */ one) => one.program)
      .map((/** @type {any} */ one) => ({
        id: one.id,
        role: one.role,
        program: one.program,
        purpose: one.program.purpose,
        conduct: one.program.codeOfConduct,
      })),
    suggestions: suggestionsOf(viewer.suggestions.edges, busy),
    parts,
    joinable: joinableOf(answer.programs.edges, parts),
    circles: answer.myGroups.map(circle),
    surveys: answer.mySurveys.map((/** @type {any} */ one) =>
      surveyOf(one, nameOf)
    ),
    needs: viewer.needs.filter(
      (/** @type {any} */ one) => one.state !== "CLOSED"
    ),
    consents: viewer.consents,
    enrolled: parts.length > 0,
    count: received.length + viewer.invitations.length,
  };
}

/** @param {Person} person */
export function nameOf(person) {
  return person.name || person.username;
}

/**
 * The name of a program in which the viewer mentors and has room, or null.
 *
 * @param {Picture} picture
 */
export function mentorsIn({ parts, matched }) {
  const found = parts.find(
    ({ role, state, paused, capacity, program }) =>
      role === "MENTOR" &&
      state === "APPROVED" &&
      !paused &&
      matched
        .filter((one) => one.mentoring && one.program?.id === program.id)
        .reduce((sum, one) => sum + one.people.length, 0) < capacity
  );
  return found ? found.program.name : null;
}

/**
 * What to say of an error: a key of the catalogues, or the service's own line.
 *
 * @param {{ code: string, message: string }} error
 * @returns {{ key: string, text?: undefined } | { text: string, key?: undefined }}
 */
export function errorLine({ code, message }) {
  if (REFUSED.includes(code)) {
    return { key: `errors.${code}` };
  }
  return TROUBLES.includes(code)
    ? { key: `problems.${code}` }
    : { text: message };
}

/**
 * Whether trying again may help.
 *
 * @param {{ code: string }} problem
 */
export function canTryAgain({ code }) {
  return !HOPELESS.includes(code);
}

/**
 * Whether a window of the host could say who is there.
 *
 * @param {import("./transport.js").Problem} problem
 */
export function windowHelps({ code }) {
  return BY_WINDOW.includes(code);
}

/**
 * What there is to say of a part in a program besides its places.
 *
 * @param {Part} part
 * @returns {string | null} a key
 */
export function noteOf({ paused, state }) {
  if (paused) {
    return "parts.paused";
  }
  return state === "APPLIED"
    ? "parts.applied"
    : state === "INVITED"
      ? "parts.invited"
      : null;
}

/**
 * @param {any[]} enrolments
 * @returns {Part[]}
 */
function partsOf(enrolments) {
  return enrolments.filter(
    (one) =>
      ["APPROVED", "APPLIED", "INVITED"].includes(one.state) && one.program
  );
}

/**
 * @param {any} request
 * @param {Person} person
 * @param {number} now
 * @returns {Waiting}
 */
function waiting(request, person, now) {
  const left = request.expiresAt ? Date.parse(request.expiresAt) - now : null;
  return {
    id: request.id,
    person,
    name: nameOf(person),
    goal: request.goal,
    note: request.note,
    program: request.program,
    expires: left === null ? null : remaining(left),
    soon: left !== null && left < DAY,
    rank: request.rank ?? 1,
    queued: request.state === "QUEUED",
  };
}

/**
 * How long something may still take, rounded so that it never promises too much.
 *
 * @param {number} left milliseconds
 * @returns {Line}
 */
export function remaining(left) {
  if (left >= DAY) {
    return { key: "expires.days", values: { count: Math.floor(left / DAY) } };
  }
  if (left >= HOUR) {
    return { key: "expires.hours", values: { count: Math.floor(left / HOUR) } };
  }
  return { key: "expires.soon", values: {} };
}

/**
 * @param {any[]} requests
 * @param {number} now
 * @returns {Answered[]}
 */
function answeredOf(requests, now) {
  return requests
    .filter(
      (one) =>
        ["DECLINED", "EXPIRED"].includes(one.state) &&
        one.mentor &&
        now - Date.parse(one.answeredAt ?? one.createdAt) < REMEMBERED * DAY
    )
    .map((one) => ({
      id: one.id,
      person: one.mentor,
      name: nameOf(one.mentor),
      state: one.state,
      message: one.message,
    }));
}

/**
 * @param {any} one
 * @param {string} mine the viewer's id
 * @param {any[]} sessions
 * @param {number} now
 * @returns {Pair}
 */
function pair(one, mine, sessions, now) {
  const mentoring = one.mentor?.id === mine;
  const people = mentoring ? one.mentees : one.mentor ? [one.mentor] : [];
  return {
    id: one.id,
    people,
    names: people.map(nameOf).join(", "),
    mentoring,
    program: one.program,
    since: one.beganAt,
    until: one.endedAt,
    session: meetingOf(
      sessions.filter((session) => session.mentorship === one.id),
      mine,
      now
    ),
  };
}

/**
 * The session of a mentorship that matters most now: one to look back at, times to choose from, the next one, or what the other is asked.
 *
 * @param {any[]} sessions
 * @param {string} mine
 * @param {number} now
 * @returns {Meeting | null}
 */
function meetingOf(sessions, mine, now) {
  const found = sessions
    .map((session) => ({ session, kind: meetingKind(session, mine, now) }))
    .filter(({ kind }) => kind)
    .sort(
      (one, other) =>
        MEETINGS.indexOf(String(one.kind)) -
          MEETINGS.indexOf(String(other.kind)) ||
        String(one.session.startsAt).localeCompare(
          String(other.session.startsAt)
        )
    )[0];
  return found
    ? {
        kind: /** @type {Meeting["kind"]} */ (found.kind),
        id: found.session.id,
        at: found.session.startsAt,
        times: found.session.times.map(
          (/** @type {{ at: string }} */ time) => time.at
        ),
        topic: found.session.topic,
        place: found.session.place,
      }
    : null;
}

/**
 * @param {any} session
 * @param {string} mine
 * @param {number} now
 */
function meetingKind(session, mine, now) {
  const me = session.people.find(
    (/** @type {any} */ one) => one.member?.id === mine
  );
  if (session.state === "PROPOSED") {
    return me?.asks ? "asked" : me?.can === null ? "choose" : "asked";
  }
  if (Date.parse(session.endsAt) > now) {
    return "next";
  }
  return session.held === null ? "report" : null;
}

/**
 * A link, if a place of a session is one.
 *
 * @param {string} place
 */
export function linkTo(place) {
  return /^https?:\/\//i.test(place) ? place : null;
}

/**
 * Each member once, with the reasons that count most; nobody with whom something runs or waits already.
 *
 * @param {any[]} edges
 * @param {Set<string>} busy
 * @returns {Suggested[]}
 */
function suggestionsOf(edges, busy) {
  const seen = new Set(busy);
  return edges
    .map((edge) => edge.node)
    .filter((one) => !seen.has(one.member.id) && seen.add(one.member.id))
    .map((one) => ({
      id: one.id,
      person: one.member,
      name: nameOf(one.member),
      reasons: reasonsOf(one.reasons),
      programs: one.member.canBeAskedIn,
    }));
}

/**
 * @param {any[]} reasons
 * @returns {Reason[]}
 */
function reasonsOf(reasons) {
  const speaking = reasons.filter(
    (one) => one.contribution > 0 && TELLING.includes(one.criterion)
  );
  speaking.sort(
    (one, other) =>
      TELLING.indexOf(one.criterion) - TELLING.indexOf(other.criterion)
  );
  return (speaking.length ? speaking : reasons.slice(0, 1))
    .slice(0, MOST_REASONS)
    .map((one) => ({
      text: one.text,
      evidence: one.evidence.slice(0, MOST_POSTS),
    }));
}

/**
 * @param {any[]} edges
 * @param {Part[]} parts
 * @returns {Joinable[]}
 */
function joinableOf(edges, parts) {
  return edges
    .map((edge) => edge.node)
    .filter((one) => one.open && TAKING_IN.includes(one.state))
    .map((one) => {
      const held = parts
        .filter((part) => part.program.id === one.id)
        .map((part) => part.role);
      const roles = /** @type {("MENTOR" | "MENTEE")[]} */ ([
        "MENTEE",
        "MENTOR",
      ]);
      return {
        id: one.id,
        name: one.name,
        purpose: one.purpose,
        conduct: one.codeOfConduct,
        benefits: one.menteeBenefits,
        roles: roles.filter(
          (role) => !held.includes(role) && (one.bothRoles || !held.length)
        ),
      };
    })
    .filter((one) => one.roles.length);
}

/**
 * @param {any} group
 * @returns {Circle}
 */
function circle(group) {
  const people = group.seats
    .map((/** @type {any} */ seat) => seat.member)
    .filter(Boolean);
  return {
    id: group.id,
    name: group.name,
    slot: group.slot,
    names: people.map(nameOf),
    size: people.length,
  };
}
