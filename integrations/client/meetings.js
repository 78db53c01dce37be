// @ts-check

/** @typedef {{ kind: "report" | "choose" | "next" | "asked", id: string, at: string | null, times: string[], topic: string, place: string }} Meeting what there is to say of the session that matters most */

const MEETINGS = ["report", "choose", "next", "asked"];

/** How long a session may be proposed to last, in minutes. */
export const MINUTES = [30, 45, 60, 90];

/**
 * The session of a mentorship that matters most now: one to look back at, times to choose from, the next one, or what the other is asked.
 *
 * @param {any[]} sessions
 * @param {string} mine
 * @param {number} now
 * @returns {Meeting | null}
 */
export function meetingOf(sessions, mine, now) {
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
