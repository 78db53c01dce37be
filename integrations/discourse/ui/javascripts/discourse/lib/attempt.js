// @ts-check
import { tracked } from "@glimmer/tracking";
import { errorText } from "./mentorgraph/problems";
import say from "./say";

/**
 * Of one attempt at a time it is said what went wrong.
 *
 * @type {Attempt | null}
 */
let newest = null;

/** Something that the service has to agree to: whether it is on its way, and what went wrong the last time. */
export default class Attempt {
  @tracked busy = false;
  @tracked error = "";

  /**
   * @param {() => Promise<import("./mentorgraph/board").Done>} act
   * @returns {Promise<boolean>} whether the service has agreed
   */
  async make(act) {
    if (this.busy) {
      return false;
    }
    if (newest) {
      newest.error = "";
    }
    newest = this;
    this.busy = true;
    const done = await act();
    this.busy = false;
    this.error = errorText(done.errors, say);
    return done.ok;
  }
}
