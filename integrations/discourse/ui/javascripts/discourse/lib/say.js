// @ts-check
import { i18n } from "discourse-i18n";

/**
 * A text of this component in the reader's language.
 *
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {string}
 */
export default function say(key, values = {}) {
  return i18n(themePrefix(key), values);
}

/**
 * The name of a control for who cannot see what it stands beside.
 *
 * @param {string} key
 * @param {string} name
 */
export function labelFor(key, name) {
  return say("label_for", { action: say(key), name });
}
