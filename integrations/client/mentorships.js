// @ts-check

import { meetingOf } from "./meetings.js";
import { nameOf } from "./people.js";

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {import("./programs.js").Named} Named
 * @typedef {import("./meetings.js").Meeting} Meeting
 * @typedef {{ id: string, people: Person[], names: string, mentoring: boolean, program: Named | null, since: string, until: string | null, session: Meeting | null }} Pair
 */

/** Why a mentorship ends, in the service's words. */
export const ENDS = [
  "GOAL_REACHED",
  "COMPLETED",
  "NO_TIME",
  "NO_REPLY",
  "NOT_A_FIT",
  "OTHER",
];

/**
 * @param {any} one
 * @param {string} mine the viewer's id
 * @param {any[]} sessions
 * @param {number} now
 * @returns {Pair}
 */
export function pair(one, mine, sessions, now) {
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
