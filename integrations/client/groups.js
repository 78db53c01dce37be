// @ts-check

import { nameOf } from "./people.js";

/** @typedef {{ id: string, name: string, slot: string | null, names: string[], size: number }} Circle */

/**
 * @param {any} group
 * @returns {Circle}
 */
export function circle(group) {
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
