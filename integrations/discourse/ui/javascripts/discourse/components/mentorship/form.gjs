// @ts-check
import Component from "@glimmer/component";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { modifier } from "ember-modifier";
import Attempt from "../../lib/attempt";
import say from "../../lib/say";
import arrive from "../../modifiers/mentorship-arrive";
import MentorshipActs from "./acts";

/**
 * A form that opens in its card; it closes itself when the service has agreed.
 *
 * @extends {Component<{ Args: any, Blocks: { default: [] } }>}
 */
export default class MentorshipForm extends Component {
  attempt = new Attempt();

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
    const given = new FormData(event.target);
    const done = await this.attempt.make(() =>
      this.args.act(Object.fromEntries(given), given)
    );
    if (done && !this.isDestroying) {
      this.args.close?.();
    }
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
      <MentorshipActs @attempt={{this.attempt}}>
        <button
          type="submit"
          class="mg__button mg__button--first"
          disabled={{this.attempt.busy}}
        >{{say @send}}</button>
        <button
          type="button"
          class="mg__button mg__button--plain"
          disabled={{this.attempt.busy}}
          {{on "click" @close}}
        >{{say "cancel"}}</button>
      </MentorshipActs>
    </form>
  </template>
}
