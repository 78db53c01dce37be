// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import { answersIn, unfold } from "../../lib/mentorgraph/survey";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipForm from "./form";
import MentorshipQuestion from "./question";

/** Questions about how it goes, which the other side never sees the answers to. */
export default class MentorshipFeedback extends Component {
  @service mentorship;

  @tracked answering = false;

  /** Where the service asks what cannot be asked here. */
  get place() {
    return `${this.mentorship.board.session.service}/my/mentorships`;
  }

  @action
  open() {
    this.answering = true;
  }

  @action
  close() {
    this.answering = false;
  }

  @action
  unfold(form) {
    unfold(form, this.args.one.questions);
  }

  @action
  act({ named }, given) {
    const { id, questions } = this.args.one;
    const answers = answersIn(given, questions);
    return this.mentorship.board.feedback({
      id,
      answers,
      named: named === "yes",
    });
  }

  <template>
    <li class="mg__card">
      <strong>{{@one.title}}</strong>
      {{#if @one.names}}
        <p class="mg__quiet">{{say "feedback.about" names=@one.names}}</p>
      {{/if}}
      {{#if this.answering}}
        <MentorshipForm
          @send="feedback.send"
          @act={{this.act}}
          @close={{this.close}}
          @changed={{this.unfold}}
        >
          {{#each @one.questions key="key" as |question|}}
            <MentorshipQuestion @one={{question}} />
          {{/each}}
          <label class="mg__check">
            <input type="checkbox" name="named" value="yes" />
            {{say "feedback.named"}}
          </label>
        </MentorshipForm>
      {{else if @one.elsewhere}}
        <div class="mg__acts">
          <a class="mg__button" href={{this.place}}>{{say
              "feedback.elsewhere"
            }}</a>
        </div>
      {{else}}
        <div class="mg__acts">
          <MentorshipButton
            @text="feedback.answer"
            @about={{@one.title}}
            @act={{this.open}}
          />
        </div>
      {{/if}}
    </li>
  </template>
}
