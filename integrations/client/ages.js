// @ts-check

/**
 * @typedef {{ adult: boolean, age?: number, guardian?: string }} Age what somebody who would take part says of it
 */

const ADULT = 18;

/**
 * From which age members may take part, where some under age may.
 *
 * @param {{ minimumAge: number }} community
 * @returns {number | null}
 */
export function youngestOf({ minimumAge }) {
  return minimumAge < ADULT ? minimumAge : null;
}

/**
 * What a form says of its sender's age; nothing of an age where somebody is an adult.
 *
 * @param {Record<string, FormDataEntryValue | undefined>} values
 * @returns {Age}
 */
export function ageIn({ adult, age, guardian }) {
  return adult === "yes" || !age
    ? { adult: adult === "yes" }
    : {
        adult: false,
        age: Number(age),
        guardian: String(guardian ?? "").trim(),
      };
}
