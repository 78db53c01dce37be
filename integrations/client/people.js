// @ts-check

/** @typedef {{ id: string, hostUserId: string, username: string, name: string | null, avatarUrl: string | null, title?: string | null }} Person */

/** @param {Person} person */
export function nameOf(person) {
  return person.name || person.username;
}
