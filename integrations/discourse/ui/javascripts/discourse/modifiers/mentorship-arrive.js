// @ts-check
import { modifier } from "ember-modifier";

/** Goes to what has just appeared: the first field of a form, or a line that says what was done. */
export default modifier((/** @type {HTMLElement} */ element) => {
  const field = element.querySelector("input, textarea, select, button");
  const target = /** @type {HTMLElement} */ (field ?? element);
  target.focus();
});
