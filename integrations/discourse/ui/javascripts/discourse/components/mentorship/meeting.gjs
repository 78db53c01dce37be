// @ts-check
import Component from "@glimmer/component";
import { fn } from "@ember/helper";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import { hour } from "../../lib/dates";
import { linkTo } from "../../lib/mentorgraph/links";
import say from "../../lib/say";
import MentorshipActs from "./acts";
import MentorshipButton from "./button";

/** What there is to say of a mentorship's session, and to do about it. */
export default class MentorshipMeeting extends Component {
  @service mentorship;

  attempt = new Attempt();

  get text() {
    const { kind, at } = this.args.session;
    return say(`session.${kind}`, { when: at && hour(at) });
  }

  get choosing() {
    return this.args.session.kind === "choose";
  }

  get reporting() {
    return this.args.session.kind === "report";
  }

  get place() {
    return this.args.session.kind === "next" && this.args.session.place;
  }

  get link() {
    return this.place && linkTo(this.place);
  }

  @action
  choose(times) {
    const { id } = this.args.session;
    const { board } = this.mentorship;
    return this.attempt.make(() => board.answerSession({ id, times }));
  }

  @action
  none() {
    return this.choose([]);
  }

  @action
  report(held) {
    const { id } = this.args.session;
    const { board } = this.mentorship;
    return this.attempt.make(() => board.report({ id, held }));
  }

  @action
  pick(time) {
    return this.choose([time]);
  }

  <template>
    <div class="mg__meeting">
      <p>{{this.text}}</p>
      {{#if @session.topic}}
        <p class="mg__quiet mg__words">{{@session.topic}}</p>
      {{/if}}
      {{#if this.link}}
        <p class="mg__quiet"><a href={{this.link}}>{{this.place}}</a></p>
      {{else if this.place}}
        <p class="mg__quiet">{{this.place}}</p>
      {{/if}}
      {{#if this.choosing}}
        <MentorshipActs @attempt={{this.attempt}}>
          {{#each @session.times as |time|}}
            <button
              type="button"
              class="mg__button"
              disabled={{this.attempt.busy}}
              {{on "click" (fn this.pick time)}}
            >{{hour time}}</button>
          {{/each}}
          <MentorshipButton
            @text="session.none"
            @about={{@names}}
            @busy={{this.attempt.busy}}
            @act={{this.none}}
          />
        </MentorshipActs>
      {{/if}}
      {{#if this.reporting}}
        <MentorshipActs @attempt={{this.attempt}}>
          <MentorshipButton
            @text="session.held"
            @about={{@names}}
            @busy={{this.attempt.busy}}
            @act={{fn this.report true}}
          />
          <MentorshipButton
            @text="session.missed"
            @about={{@names}}
            @busy={{this.attempt.busy}}
            @act={{fn this.report false}}
          />
        </MentorshipActs>
      {{/if}}
    </div>
  </template>
}
