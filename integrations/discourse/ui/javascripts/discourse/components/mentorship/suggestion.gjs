// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import say from "../../lib/say";
import MentorshipActs from "./acts";
import MentorshipAsk from "./ask";
import MentorshipButton from "./button";
import MentorshipPerson from "./person";
import MentorshipWrite from "./write";

/** Somebody who could help, why, and what to do about it. */
export default class MentorshipSuggestion extends Component {
  @service mentorship;

  @tracked asking = false;

  attempt = new Attempt();

  @action
  ask() {
    this.asking = true;
  }

  @action
  close() {
    this.asking = false;
  }

  @action
  dismiss() {
    const { board } = this.mentorship;
    return this.attempt.make(() => board.dismiss(this.args.one));
  }

  <template>
    <li class="mg__card">
      <MentorshipPerson @person={{@one.person}} @under={{@one.person.title}} />
      <ul
        class="mg__reasons"
        aria-label={{say "suggestions.why" name=@one.name}}
      >
        {{#each @one.reasons as |reason|}}
          <li>
            {{reason.text}}
            {{#if reason.evidence.length}}
              <ul class="mg__posts">
                {{#each reason.evidence as |post|}}
                  <li><a href={{post.url}}>{{post.title}}</a></li>
                {{/each}}
              </ul>
            {{/if}}
          </li>
        {{/each}}
      </ul>
      {{#if this.asking}}
        <MentorshipAsk
          @person={{@one.person}}
          @name={{@one.name}}
          @programs={{@one.programs}}
          @close={{this.close}}
        />
      {{else}}
        <MentorshipActs @attempt={{this.attempt}}>
          {{#if @one.programs.length}}
            <MentorshipButton
              @text="suggestions.ask"
              @about={{@one.name}}
              @kind="first"
              @act={{this.ask}}
            />
          {{else}}
            <MentorshipWrite @person={{@one.person}} @name={{@one.name}} />
          {{/if}}
          <MentorshipButton
            @text="suggestions.dismiss"
            @about={{@one.name}}
            @kind="plain"
            @busy={{this.attempt.busy}}
            @act={{this.dismiss}}
          />
        </MentorshipActs>
      {{/if}}
    </li>
  </template>
}
