// @ts-check

/** @typedef {{ [key: string]: string | Texts }} Texts */

/**
 * Texts of a language, with names in `%{…}` and plurals by `count`.
 */
export class Words {
  /**
   * @param {Record<string, Texts>} catalogues by language
   * @param {string} wished a tag such as `de-AT`
   */
  constructor(catalogues, wished) {
    const short = wished.toLowerCase().split("-")[0];
    this.language = short in catalogues ? short : "en";
    this.texts = catalogues[this.language];
    this.plurals = new Intl.PluralRules(this.language);
    this.dates = new Intl.DateTimeFormat(this.language, {
      dateStyle: "medium",
    });
    this.times = new Intl.DateTimeFormat(this.language, {
      weekday: "short",
      day: "numeric",
      month: "short",
      hour: "numeric",
      minute: "2-digit",
    });
  }

  /**
   * @param {string} key
   * @param {Record<string, any>} [values]
   * @returns {string}
   */
  say(key, values = {}) {
    let found = /** @type {any} */ (this.texts);
    for (const part of key.split(".")) {
      found = found?.[part];
    }
    if (found && typeof found === "object") {
      found = found[this.plurals.select(values.count)] ?? found.other;
    }
    if (typeof found !== "string") {
      return key;
    }
    return found.replace(/%\{(\w+)\}/g, (whole, name) =>
      String(values[name] ?? whole)
    );
  }

  /**
   * A day and an hour where the reader is.
   *
   * @param {string} moment
   */
  time(moment) {
    return this.times.format(new Date(moment));
  }

  /** @param {string} moment */
  date(moment) {
    return this.dates.format(new Date(moment));
  }
}
