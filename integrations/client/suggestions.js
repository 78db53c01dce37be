// @ts-check

import { nameOf } from "./people.js";

/**
 * @typedef {import("./people.js").Person} Person
 * @typedef {import("./programs.js").Named} Named
 * @typedef {{ text: string, evidence: { title: string, url: string }[] }} Reason
 * @typedef {{ id: string, person: Person, name: string, reasons: Reason[], programs: Named[] }} Suggested
 */

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

const MOST_REASONS = 4;

const MOST_POSTS = 2;

/**
 * Each member once, with the reasons that count most; nobody with whom something runs or waits already.
 *
 * @param {any[]} edges
 * @param {Set<string>} busy
 * @returns {Suggested[]}
 */
export function suggestionsOf(edges, busy) {
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
