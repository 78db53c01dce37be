// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { modifier } from "ember-modifier";
import { errorLine } from "../../lib/mentorgraph/problems";
import say from "../../lib/say";
import arrive from "../../modifiers/mentorship-arrive";

/**
 * A form that opens in its card; it closes itself when the service has agreed.
 *
 * @extends {Component<{ Args: any, Blocks: { default: [] } }>}
 */
export default class MentorshipForm extends Component {
  @tracked busy = false;
  @tracked error = "";

  /** Some questions come up with the answers to others only. */
  begin = modifier((/** @type {HTMLFormElement} */ form) => {
    this.args.changed?.(form);
  });

  @action
  changed(event) {
    this.args.changed?.(event.currentTarget);
  }

  @action
  async send(event) {
    event.preventDefault();
    if (this.busy) {
      return;
    }
    this.busy = true;
    this.error = "";
    const given = new FormData(event.target);
    const done = await this.args.act(Object.fromEntries(given), given);
    if (this.isDestroying) {
      return;
    }
    this.busy = false;
    if (done.ok) {
      this.args.close?.();
      return;
    }
    this.error = done.errors
      .map(errorLine)
      .map((line) => line.text ?? say(line.key))
      .join(" ");
  }

  <template>
    <form
      class="mg__form"
      {{on "submit" this.send}}
      {{on "input" this.changed}}
      {{this.begin}}
      {{arrive}}
    >
      {{yield}}
      {{#if this.error}}
        <p class="mg__error" role="alert">{{this.error}}</p>
      {{/if}}
      <div class="mg__acts">
        <button
          type="submit"
          class="mg__button mg__button--first"
          disabled={{this.busy}}
        >{{say @send}}</button>
        <button
          type="button"
          class="mg__button mg__button--plain"
          disabled={{this.busy}}
          {{on "click" @close}}
        >{{say "cancel"}}</button>
      </div>
    </form>
  </template>
}
