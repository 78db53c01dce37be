// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { fn } from "@ember/helper";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { service } from "@ember/service";
import { hour } from "../../lib/dates";
import { linkTo } from "../../lib/mentorgraph/links";
import say from "../../lib/say";
import MentorshipButton from "./button";

/** What there is to say of a mentorship's session, and to do about it. */
export default class MentorshipMeeting extends Component {
  @service mentorship;

  @tracked busy = false;

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

  async act(work) {
    this.busy = true;
    await work();
    if (!this.isDestroying) {
      this.busy = false;
    }
  }

  @action
  choose(times) {
    const { id } = this.args.session;
    return this.act(() => this.mentorship.board.answerSession({ id, times }));
  }

  @action
  none() {
    return this.choose([]);
  }

  @action
  report(held) {
    const { id } = this.args.session;
    return this.act(() => this.mentorship.board.report({ id, held }));
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
        <div class="mg__acts">
          {{#each @session.times as |time|}}
            <button
              type="button"
              class="mg__button"
              disabled={{this.busy}}
              {{on "click" (fn this.pick time)}}
            >{{hour time}}</button>
          {{/each}}
          <MentorshipButton
            @text="session.none"
            @about={{@names}}
            @busy={{this.busy}}
            @act={{this.none}}
          />
        </div>
      {{/if}}
      {{#if this.reporting}}
        <div class="mg__acts">
          <MentorshipButton
            @text="session.held"
            @about={{@names}}
            @busy={{this.busy}}
            @act={{fn this.report true}}
          />
          <MentorshipButton
            @text="session.missed"
            @about={{@names}}
            @busy={{this.busy}}
            @act={{fn this.report false}}
          />
        </div>
      {{/if}}
    </div>
  </template>
}
