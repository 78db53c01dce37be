// @ts-check

import { circles } from "./groups.js";
import { invited } from "./invitations.js";
import { ended, matched } from "./mentorships.js";
import { joining } from "./programs.js";
import { answered, received, sent } from "./requests.js";
import { settings } from "./settings.js";
import { suggestions } from "./suggestions.js";
import { surveys } from "./surveys.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * Everything there is for a member, in the order of what needs them most.
 *
 * @param {Panel} panel
 * @param {Picture} picture
 * @returns {(HTMLElement | null)[]}
 */
export function everything(panel, picture) {
  return [
    received(panel, picture),
    invited(panel, picture),
    sent(panel, picture),
    answered(panel, picture),
    matched(panel, picture),
    surveys(panel, picture),
    suggestions(panel, picture),
    circles(panel, picture),
    joining(panel, picture),
    ended(panel, picture),
    settings(panel, picture),
  ];
}
