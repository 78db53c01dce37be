// @ts-check

// From what the service answers to what is to be seen; pure, so that both user interfaces show the same.

import { youngestOf } from "./ages.js";
import { circle } from "./groups.js";
import { pair } from "./mentorships.js";
import { nameOf } from "./people.js";
import { joinableOf, partsOf } from "./programs.js";
import { answeredOf, waiting } from "./requests.js";
import { suggestionsOf } from "./suggestions.js";
import { surveyOf } from "./survey.js";

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {import("./programs.js").Part} Part
 * @typedef {import("./programs.js").Joinable} Joinable
 * @typedef {import("./programs.js").Invited} Invited
 * @typedef {import("./suggestions.js").Suggested} Suggested
 * @typedef {import("./requests.js").Waiting} Waiting
 * @typedef {import("./requests.js").Answered} Answered
 * @typedef {import("./mentorships.js").Pair} Pair
 * @typedef {import("./groups.js").Circle} Circle
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
 * @property {number | null} youngest from which age members may take part, where some under age may
 * @property {boolean} enrolled whether the viewer takes part in any program
 * @property {number} count what waits for the viewer
 */

const MOST_ENDED = 3;

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
    youngest: youngestOf(answer.community),
    enrolled: parts.length > 0,
    count: received.length + viewer.invitations.length,
  };
}
