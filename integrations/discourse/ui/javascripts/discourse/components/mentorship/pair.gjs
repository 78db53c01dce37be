// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { day } from "../../lib/dates";
import { ENDS } from "../../lib/mentorgraph/mentorships";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipChoice from "./choice";
import MentorshipForm from "./form";
import MentorshipMeeting from "./meeting";
import MentorshipPerson from "./person";
import MentorshipPropose from "./propose";
import MentorshipWrite from "./write";

/** A mentorship that runs. */
export default class MentorshipPair extends Component {
  @service mentorship;

  @tracked ending = false;
  @tracked proposing = false;

  id = guidFor(this);

  get under() {
    const { mentoring, since } = this.args.one;
    const role = say(mentoring ? "matched.mentoring" : "matched.mentor");
    return `${role} · ${say("matched.since", { date: day(since) })}`;
  }

  get alone() {
    const { people } = this.args.one;
    return people.length === 1 ? people[0] : null;
  }

  @action
  open() {
    this.ending = true;
  }

  @action
  close() {
    this.ending = false;
  }

  @action
  propose() {
    this.proposing = true;
  }

  @action
  stay() {
    this.proposing = false;
  }

  @action
  end({ reason }) {
    return this.mentorship.board.end({ id: this.args.one.id, reason });
  }

  <template>
    <li class="mg__card">
      {{#each @one.people as |person|}}
        <MentorshipPerson @person={{person}} @under={{this.under}} />
      {{/each}}
      {{#if @one.session}}
        <MentorshipMeeting @session={{@one.session}} @names={{@one.names}} />
      {{/if}}
      {{#if this.ending}}
        <MentorshipForm
          @send="matched.end_send"
          @act={{this.end}}
          @close={{this.close}}
        >
          <p class="mg__field">
            <label for="{{this.id}}-why">{{say "matched.end_why"}}</label>
            <MentorshipChoice
              @id="{{this.id}}-why"
              @name="reason"
              @words={{ENDS}}
              @texts="ends"
            />
          </p>
          <p class="mg__quiet">{{say "matched.end_hint"}}</p>
        </MentorshipForm>
      {{else if this.proposing}}
        <MentorshipPropose @one={{@one}} @close={{this.stay}} />
      {{else}}
        <div class="mg__acts">
          {{#if this.alone}}
            <MentorshipWrite
              @person={{this.alone}}
              @name={{@one.names}}
              @first={{true}}
            />
          {{/if}}
          {{#unless @one.session}}
            <MentorshipButton
              @text="session.propose"
              @about={{@one.names}}
              @act={{this.propose}}
            />
          {{/unless}}
          <MentorshipButton
            @text="matched.end"
            @about={{@one.names}}
            @kind="plain"
            @act={{this.open}}
          />
        </div>
      {{/if}}
    </li>
  </template>
}
