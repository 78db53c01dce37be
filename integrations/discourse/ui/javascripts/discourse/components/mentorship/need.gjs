// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { errorLine } from "../../lib/mentorgraph/problems";
import say from "../../lib/say";

/** Says what one would like help with. */
export default class MentorshipNeed extends Component {
  @service mentorship;

  @tracked busy = false;
  @tracked error = "";

  id = guidFor(this);

  @action
  async send(event) {
    event.preventDefault();
    const form = event.target;
    const text = String(new FormData(form).get("need"));
    this.busy = true;
    this.error = "";
    const done = await this.mentorship.board.stateNeed({ text });
    if (this.isDestroying) {
      return;
    }
    this.busy = false;
    if (done.ok) {
      form.reset();
    } else {
      this.error = done.errors
        .map(errorLine)
        .map((line) => line.text ?? say(line.key))
        .join(" ");
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
        <button type="submit" class="mg__button" disabled={{this.busy}}>{{say
            "need.send"
          }}</button>
      </div>
      {{#if this.error}}
        <p class="mg__error" role="alert">{{this.error}}</p>
      {{/if}}
    </form>
  </template>
}
