// @ts-check
import I18n from "discourse-i18n";

/** The reader's language, as browsers write it. */
function language() {
  return I18n.currentLocale?.().replace("_", "-");
}

/**
 * A day and an hour where the reader is.
 *
 * @param {string} moment
 * @returns {string}
 */
export function hour(moment) {
  return new Intl.DateTimeFormat(language(), {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "numeric",
    minute: "2-digit",
  }).format(new Date(moment));
}

/**
 * A day in the reader's language.
 *
 * @param {string} moment
 * @returns {string}
 */
export function day(moment) {
  return new Intl.DateTimeFormat(language(), { dateStyle: "medium" }).format(
    new Date(moment)
  );
}
