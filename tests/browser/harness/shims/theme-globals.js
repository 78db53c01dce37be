export const settings = globalThis.__forum.settings;
export const themePrefix = (key) => `theme_translations.1.${key}`;
