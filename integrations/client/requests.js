// @ts-check

import { nameOf } from "./people.js";

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {import("./programs.js").Named} Named
 * @typedef {import("./problems.js").Line} Line
 * @typedef {{ id: string, person: Person, name: string, goal: string, note: string, program: Named | null, expires: Line | null, soon: boolean, rank: number, queued: boolean }} Waiting
 * @typedef {{ id: string, person: Person, name: string, state: "DECLINED" | "EXPIRED", message: string }} Answered
 */

const DAY = 86400000;
const HOUR = 3600000;

/** Days for which an answer that brought nothing about stays in sight. */
const REMEMBERED = 14;

/** Why a mentor says no, in the service's words. */
export const REASONS = [
  "NO_TIME",
  "FULL",
  "AWAY",
  "NOT_MY_FIELD",
  "NOT_A_FIT",
  "OTHER",
];

/**
 * @param {any} request
 * @param {Person} person
 * @param {number} now
 * @returns {Waiting}
 */
export function waiting(request, person, now) {
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
export function answeredOf(requests, now) {
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
