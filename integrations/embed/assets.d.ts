// What the build puts beside these modules: the catalogues and the style sheets of both folders.
import type { Texts } from "./words.js";

export const CATALOGUES: Record<string, Texts>;
export const STYLE: string;
