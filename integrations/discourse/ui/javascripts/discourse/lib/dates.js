// @ts-check
import I18n from "discourse-i18n";

/**
 * A day in the reader's language.
 *
 * @param {string} moment
 * @returns {string}
 */
export function day(moment) {
  const language = I18n.currentLocale?.().replace("_", "-");
  return new Intl.DateTimeFormat(language, { dateStyle: "medium" }).format(
    new Date(moment)
  );
}
