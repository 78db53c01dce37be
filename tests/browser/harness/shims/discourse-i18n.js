const { translations, locale } = globalThis.__forum;
const plurals = new Intl.PluralRules(locale);

export function i18n(key, values = {}) {
  const plain = key.replace(/^theme_translations\.\d+\./, "");
  let found = plain.split(".").reduce((texts, part) => texts?.[part], translations);
  if (found && typeof found === "object") {
    found = found[plurals.select(values.count)] ?? found.other;
  }
  if (typeof found !== "string") {
    return `[${locale}.${plain}]`;
  }
  return found.replace(/%\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

export default { currentLocale: () => locale };
