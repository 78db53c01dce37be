// @ts-check

/** @typedef {{ key: string, values: Record<string, unknown> }} Line */

/** Refusals that the catalogues have words for; any other is shown in the service's own. */
const REFUSED = [
  "already_asked",
  "not_enrolled",
  "paused",
  "has_a_mentor",
  "illegal_transition",
  "not_found",
];

const TROUBLES = [
  "offline",
  "unreachable",
  "slow",
  "busy",
  "broken",
  "refused",
  "expired",
  "ended",
  "signed-out",
  "unproven",
  "window-blocked",
  "not-a-member",
  "not-set-up",
];

const HOPELESS = ["not-a-member", "not-set-up"];

const BY_WINDOW = ["ended", "signed-out", "unproven", "window-blocked"];

/**
 * What to say of errors: the words of the catalogues, or the service's own line.
 *
 * @param {{ code: string, message: string }[]} errors
 * @param {(key: string) => string} say
 */
export function errorText(errors, say) {
  return errors
    .map(({ code, message }) => {
      if (REFUSED.includes(code)) {
        return say(`errors.${code}`);
      }
      return TROUBLES.includes(code) ? say(`problems.${code}`) : message;
    })
    .join(" ");
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
