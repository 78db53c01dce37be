// @ts-check
import Component from "@glimmer/component";
import { action } from "@ember/object";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import say from "../../lib/say";
import MentorshipActs from "./acts";
import MentorshipButton from "./button";
import MentorshipPerson from "./person";

/** A request of the viewer's that waits for an answer. */
export default class MentorshipWaiting extends Component {
  @service mentorship;

  attempt = new Attempt();

  get under() {
    const { queued, expires } = this.args.one;
    if (queued) {
      return say("sent.queued");
    }
    return expires && say(expires.key, expires.values);
  }

  @action
  withdraw() {
    const { board } = this.mentorship;
    return this.attempt.make(() => board.withdraw(this.args.one));
  }

  <template>
    <li class="mg__card">
      <MentorshipPerson @person={{@one.person}} @under={{this.under}} />
      <p class="mg__words">{{@one.goal}}</p>
      <MentorshipActs @attempt={{this.attempt}}>
        <MentorshipButton
          @text="sent.withdraw"
          @about={{@one.name}}
          @busy={{this.attempt.busy}}
          @act={{this.withdraw}}
        />
      </MentorshipActs>
    </li>
  </template>
}
