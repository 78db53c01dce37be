// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import { ageIn } from "../../lib/mentorgraph/ages";
import say from "../../lib/say";
import MentorshipActs from "./acts";
import MentorshipButton from "./button";
import MentorshipConduct from "./conduct";
import MentorshipForm from "./form";

/** An invitation to a program. */
export default class MentorshipInvited extends Component {
  @service mentorship;

  @tracked accepting = false;

  attempt = new Attempt();

  get title() {
    const { role, program } = this.args.one;
    return say(`invited.${role}`, { program: program.name });
  }

  @action
  open() {
    this.accepting = true;
  }

  @action
  close() {
    this.accepting = false;
  }

  @action
  accept({ messages, ...said }) {
    const { board } = this.mentorship;
    const wants = messages === "yes";
    return board.acceptInvitation(this.args.one, ageIn(said), wants);
  }

  @action
  decline() {
    const { board } = this.mentorship;
    return this.attempt.make(() => board.declineInvitation(this.args.one));
  }

  <template>
    <li class="mg__card mg__card--due">
      <strong>{{this.title}}</strong>
      {{#if @one.purpose}}<p class="mg__words">{{@one.purpose}}</p>{{/if}}
      {{#if this.accepting}}
        <MentorshipForm
          @send="invited.accept"
          @act={{this.accept}}
          @close={{this.close}}
        >
          <MentorshipConduct
            @text={{@one.conduct}}
            @role={{@one.role}}
            @picture={{this.mentorship.picture}}
          />
        </MentorshipForm>
      {{else}}
        <MentorshipActs @attempt={{this.attempt}}>
          <MentorshipButton
            @text="invited.accept"
            @about={{@one.program.name}}
            @kind="first"
            @act={{this.open}}
          />
          <MentorshipButton
            @text="invited.decline"
            @about={{@one.program.name}}
            @busy={{this.attempt.busy}}
            @act={{this.decline}}
          />
        </MentorshipActs>
      {{/if}}
    </li>
  </template>
}
