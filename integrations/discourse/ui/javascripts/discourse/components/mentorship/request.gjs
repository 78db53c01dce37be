// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { fn } from "@ember/helper";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { REASONS } from "../../lib/mentorgraph/requests";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipChoice from "./choice";
import MentorshipForm from "./form";
import MentorshipPerson from "./person";

/** A request that waits for the viewer's answer. */
export default class MentorshipRequest extends Component {
  @service mentorship;

  @tracked answer = "";

  id = guidFor(this);

  get accepting() {
    return this.answer === "accept";
  }

  get declining() {
    return this.answer === "decline";
  }

  get remaining() {
    const { expires } = this.args.one;
    return expires && say(expires.key, expires.values);
  }

  @action
  open(answer) {
    this.answer = answer;
  }

  @action
  accept({ message }) {
    const { id, name } = this.args.one;
    return this.mentorship.board.accept({ id, name, message });
  }

  @action
  decline({ reason, message }) {
    const { id, name } = this.args.one;
    return this.mentorship.board.decline({ id, name, reason, message });
  }

  <template>
    <li class="mg__card mg__card--due">
      <MentorshipPerson @person={{@one.person}} @under={{@one.program.name}} />
      <dl class="mg__words">
        <dt>{{say "received.goal"}}</dt>
        <dd>{{@one.goal}}</dd>
        {{#if @one.note}}
          <dt>{{say "received.note"}}</dt>
          <dd>{{@one.note}}</dd>
        {{/if}}
      </dl>
      {{#if this.remaining}}
        <p class="mg__quiet {{if @one.soon 'mg__soon'}}">{{this.remaining}}</p>
      {{/if}}
      {{#if this.accepting}}
        <MentorshipForm
          @send="received.accept_send"
          @act={{this.accept}}
          @close={{fn this.open ""}}
        >
          <p class="mg__field">
            <label for="{{this.id}}-word">{{say "received.message"}}</label>
            <textarea
              id="{{this.id}}-word"
              name="message"
              maxlength="1000"
            ></textarea>
          </p>
        </MentorshipForm>
      {{else if this.declining}}
        <MentorshipForm
          @send="received.decline_send"
          @act={{this.decline}}
          @close={{fn this.open ""}}
        >
          <p class="mg__field">
            <label for="{{this.id}}-reason">{{say "received.reason"}}</label>
            <MentorshipChoice
              @id="{{this.id}}-reason"
              @name="reason"
              @words={{REASONS}}
              @texts="reasons"
            />
          </p>
          <p class="mg__field">
            <label for="{{this.id}}-word">{{say "received.message"}}</label>
            <textarea
              id="{{this.id}}-word"
              name="message"
              maxlength="1000"
            ></textarea>
          </p>
          <p class="mg__quiet">{{say
              "received.decline_hint"
              name=@one.name
            }}</p>
        </MentorshipForm>
      {{else}}
        <div class="mg__acts">
          <MentorshipButton
            @text="received.accept"
            @about={{@one.name}}
            @kind="first"
            @act={{fn this.open "accept"}}
          />
          <MentorshipButton
            @text="received.decline"
            @about={{@one.name}}
            @act={{fn this.open "decline"}}
          />
        </div>
      {{/if}}
    </li>
  </template>
}
