// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipPerson from "./person";

/** A request of the viewer's that waits for an answer. */
export default class MentorshipWaiting extends Component {
  @service mentorship;

  @tracked busy = false;

  get under() {
    const { queued, expires } = this.args.one;
    if (queued) {
      return say("sent.queued");
    }
    return expires && say(expires.key, expires.values);
  }

  @action
  async withdraw() {
    this.busy = true;
    await this.mentorship.board.withdraw(this.args.one);
    if (!this.isDestroying) {
      this.busy = false;
    }
  }

  <template>
    <li class="mg__card">
      <MentorshipPerson @person={{@one.person}} @under={{this.under}} />
      <p class="mg__words">{{@one.goal}}</p>
      <div class="mg__acts">
        <MentorshipButton
          @text="sent.withdraw"
          @about={{@one.name}}
          @busy={{this.busy}}
          @act={{this.withdraw}}
        />
      </div>
    </li>
  </template>
}
