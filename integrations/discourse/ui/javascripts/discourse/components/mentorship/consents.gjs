// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { fn } from "@ember/helper";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { service } from "@ember/service";
import say from "../../lib/say";

/** What the viewer agrees to. */
export default class MentorshipConsents extends Component {
  @service mentorship;

  @tracked busy = false;

  @action
  async wish(name, event) {
    this.busy = true;
    await this.mentorship.board.consent({ [name]: event.target.checked });
    if (!this.isDestroying) {
      this.busy = false;
    }
  }

  <template>
    <label class="mg__check">
      <input
        type="checkbox"
        checked={{@consents.messages}}
        disabled={{this.busy}}
        {{on "change" (fn this.wish "messages")}}
      />
      {{say "consents.messages"}}
    </label>
    <label class="mg__check">
      <input
        type="checkbox"
        checked={{@consents.expert}}
        disabled={{this.busy}}
        {{on "change" (fn this.wish "suggested")}}
      />
      {{say "consents.expert"}}
    </label>
  </template>
}
