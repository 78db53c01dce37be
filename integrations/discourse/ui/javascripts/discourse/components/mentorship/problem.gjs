// @ts-check
import Component from "@glimmer/component";
import { action } from "@ember/object";
import { service } from "@ember/service";
import { canTryAgain, windowHelps } from "../../lib/mentorgraph/problems";
import { openWindow } from "../../lib/mentorgraph/proofs";
import say from "../../lib/say";
import MentorshipButton from "./button";

/** What went wrong, in words, and what can be done. */
export default class MentorshipProblem extends Component {
  @service mentorship;

  get text() {
    return say(`problems.${this.args.problem.code}`);
  }

  get hopeful() {
    return canTryAgain(this.args.problem);
  }

  get byWindow() {
    return windowHelps(this.args.problem);
  }

  @action
  signIn() {
    return this.mentorship.board.signIn(openWindow());
  }

  @action
  retry() {
    return this.mentorship.board.refresh();
  }

  <template>
    <div class="mg__problem" role="alert">
      <p>{{this.text}}</p>
      {{#if this.byWindow}}
        <MentorshipButton
          @text="sign_in.button"
          @kind="first"
          @act={{this.signIn}}
        />
      {{else if this.hopeful}}
        <MentorshipButton @text="retry" @act={{this.retry}} />
      {{/if}}
    </div>
  </template>
}
