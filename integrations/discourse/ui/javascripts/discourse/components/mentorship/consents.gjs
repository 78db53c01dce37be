// @ts-check
import Component from "@glimmer/component";
import { fn } from "@ember/helper";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import say from "../../lib/say";
import MentorshipError from "./error";

/** What the viewer agrees to. */
export default class MentorshipConsents extends Component {
  @service mentorship;

  attempt = new Attempt();

  @action
  async wish(name, { target }) {
    const { board } = this.mentorship;
    const wished = target.checked;
    // A box says what holds, not what was wished for.
    if (!(await this.attempt.make(() => board.consent({ [name]: wished })))) {
      target.checked = !wished;
    }
  }

  <template>
    <label class="mg__check">
      <input
        type="checkbox"
        checked={{@consents.messages}}
        disabled={{this.attempt.busy}}
        {{on "change" (fn this.wish "messages")}}
      />
      {{say "consents.messages"}}
    </label>
    <label class="mg__check">
      <input
        type="checkbox"
        checked={{@consents.expert}}
        disabled={{this.attempt.busy}}
        {{on "change" (fn this.wish "suggested")}}
      />
      {{say "consents.expert"}}
    </label>
    <MentorshipError @of={{this.attempt}} />
  </template>
}
