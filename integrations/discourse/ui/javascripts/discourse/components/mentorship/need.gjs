// @ts-check
import Component from "@glimmer/component";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import say from "../../lib/say";
import MentorshipError from "./error";

/** Says what one would like help with. */
export default class MentorshipNeed extends Component {
  @service mentorship;

  attempt = new Attempt();
  id = guidFor(this);

  @action
  async send(event) {
    event.preventDefault();
    const form = event.target;
    const text = String(new FormData(form).get("need"));
    const { board } = this.mentorship;
    if (await this.attempt.make(() => board.stateNeed({ text }))) {
      form.reset();
    }
  }

  <template>
    <form class="mg__form mg__form--bare" {{on "submit" this.send}}>
      <div class="mg__row">
        <p class="mg__field">
          <label for="{{this.id}}-need">{{say "need.label"}}</label>
          <input
            id="{{this.id}}-need"
            name="need"
            required
            minlength="3"
            maxlength="500"
            autocomplete="off"
          />
        </p>
        <button
          type="submit"
          class="mg__button"
          disabled={{this.attempt.busy}}
        >{{say "need.send"}}</button>
      </div>
      <MentorshipError @of={{this.attempt}} />
    </form>
  </template>
}
