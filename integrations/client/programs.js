// @ts-check

/**
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {{ id: string, name: string }} Named
 * @typedef {{ id: string, role: "MENTOR" | "MENTEE", state: string, capacity: number, paused: boolean, program: Named }} Part
 * @typedef {{ id: string, name: string, purpose: string, roles: ("MENTOR" | "MENTEE")[], benefits: string, conduct: string }} Joinable
 * @typedef {{ id: string, role: "MENTOR" | "MENTEE", program: Named, purpose: string, conduct: string }} Invited
 */

/** The states of a program in which members can enrol. */
const TAKING_IN = ["ENROLLING", "MATCHING", "ACTIVE"];

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
export function partsOf(enrolments) {
  return enrolments.filter(
    (one) =>
      ["APPROVED", "APPLIED", "INVITED"].includes(one.state) && one.program
  );
}

/**
 * @param {any[]} edges
 * @param {Part[]} parts
 * @returns {Joinable[]}
 */
export function joinableOf(edges, parts) {
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
