// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { concat } from "@ember/helper";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { day } from "../../lib/dates";
import say from "../../lib/say";
import arrive from "../../modifiers/mentorship-arrive";
import MentorshipButton from "./button";
import MentorshipConsents from "./consents";
import MentorshipFeedback from "./feedback";
import MentorshipInvited from "./invited";
import MentorshipJoin from "./join";
import MentorshipNeed from "./need";
import MentorshipPair from "./pair";
import MentorshipPart from "./part";
import MentorshipProblem from "./problem";
import MentorshipRequest from "./request";
import MentorshipSuggestion from "./suggestion";
import MentorshipWaiting from "./waiting";

/** Everything there is for a member, in the order of what needs them most; with `@most` a short form of it. */
export default class MentorshipPanel extends Component {
  @service mentorship;

  @tracked all = false;

  id = guidFor(this);

  constructor(owner, args) {
    super(owner, args);
    this.mentorship.startNow();
  }

  get picture() {
    return this.mentorship.picture;
  }

  get state() {
    return this.mentorship.state;
  }

  get said() {
    const { said } = this.state;
    return said && say(said.key, said.values);
  }

  get waits() {
    return !this.picture && this.state.phase !== "failed";
  }

  get whole() {
    return this.args.most === undefined;
  }

  get suggestions() {
    const { suggestions } = this.picture;
    return this.all ? suggestions : suggestions.slice(0, this.args.most ?? 4);
  }

  get more() {
    return this.suggestions.length < this.picture.suggestions.length;
  }

  get busy() {
    return this.state.phase === "loading" ? "true" : "false";
  }

  @action
  showAll() {
    this.all = true;
  }

  <template>
    <section class="mg" aria-labelledby={{this.id}} aria-busy={{this.busy}}>
      <div class="mg__head">
        <h2 class="mg__title" id={{this.id}}>{{say "heading"}}</h2>
        {{#if this.picture}}
          {{#if this.whole}}
            <p class="mg__quiet">{{say "private"}}</p>
          {{else}}
            <a href={{this.mentorship.place}}>{{say "show_all"}}</a>
          {{/if}}
        {{/if}}
      </div>
      <div role="status">
        {{#if this.said}}
          <p class="mg__said" tabindex="-1" {{arrive}}>{{this.said}}</p>
        {{/if}}
      </div>
      {{#if this.state.problem}}
        <MentorshipProblem @problem={{this.state.problem}} />
      {{/if}}
      {{#if this.waits}}
        <div class="mg__bones">
          <p class="mg__quiet" role="status">{{if
              this.state.late
              (say "late")
              (say "loading")
            }}</p>
          <div class="mg__bone" aria-hidden="true"></div>
          <div class="mg__bone" aria-hidden="true"></div>
        </div>
      {{/if}}
      {{#if this.picture}}
        {{#if this.picture.received.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle mg__subtitle--due">{{say
                "received.heading"
                count=this.picture.received.length
              }}</h3>
            <ul class="mg__list mg__list--people">
              {{#each this.picture.received key="id" as |one|}}
                <MentorshipRequest @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.picture.invited.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle mg__subtitle--due">{{say
                "invited.heading"
              }}</h3>
            <ul class="mg__list mg__list--people">
              {{#each this.picture.invited key="id" as |one|}}
                <MentorshipInvited @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.picture.sent.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle">{{say "sent.heading"}}</h3>
            <ul class="mg__list mg__list--people">
              {{#each this.picture.sent key="id" as |one|}}
                <MentorshipWaiting @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.picture.answered.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle">{{say "answered.heading"}}</h3>
            <ul class="mg__list">
              {{#each this.picture.answered key="id" as |one|}}
                <li>
                  <p class="mg__words">{{say
                      (concat "answered." one.state)
                      name=one.name
                    }}</p>
                  {{#if one.message}}
                    <p class="mg__quiet mg__words">{{one.message}}</p>
                  {{/if}}
                </li>
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.picture.matched.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle">{{say "matched.heading"}}</h3>
            <ul class="mg__list mg__list--people">
              {{#each this.picture.matched key="id" as |one|}}
                <MentorshipPair @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.picture.surveys.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle">{{say "feedback.heading"}}</h3>
            <p class="mg__quiet mg__lead">{{say "feedback.hint"}}</p>
            <ul class="mg__list">
              {{#each this.picture.surveys key="id" as |one|}}
                <MentorshipFeedback @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        <section class="mg__section">
          <h3 class="mg__subtitle">{{say "suggestions.heading"}}</h3>
          {{#if this.picture.suggestions.length}}
            <ul class="mg__list mg__list--people">
              {{#each this.suggestions key="id" as |one|}}
                <MentorshipSuggestion @one={{one}} />
              {{/each}}
            </ul>
            {{#if this.more}}
              <p class="mg__acts">
                <MentorshipButton
                  @text="suggestions.more"
                  @kind="plain"
                  @act={{this.showAll}}
                />
              </p>
            {{/if}}
          {{else}}
            <p class="mg__quiet">{{say "suggestions.empty"}}</p>
          {{/if}}
          <MentorshipNeed />
        </section>
        {{#if this.whole}}
          {{#if this.picture.circles.length}}
            <section class="mg__section">
              <h3 class="mg__subtitle">{{say "circles.heading"}}</h3>
              <ul class="mg__list mg__list--people">
                {{#each this.picture.circles key="id" as |one|}}
                  <li class="mg__card">
                    <strong>{{one.name}}</strong>
                    <p class="mg__quiet">
                      {{say "circles.size" count=one.size}}
                      {{one.slot}}
                    </p>
                    <ul class="mg__faces">
                      {{#each one.names as |name|}}<li>{{name}}</li>{{/each}}
                    </ul>
                  </li>
                {{/each}}
              </ul>
            </section>
          {{/if}}
        {{/if}}
        {{#if this.picture.joinable.length}}
          <section class="mg__section">
            <h3 class="mg__subtitle">{{say "join.heading"}}</h3>
            <ul class="mg__list mg__list--people">
              {{#each this.picture.joinable key="id" as |one|}}
                <MentorshipJoin @one={{one}} />
              {{/each}}
            </ul>
          </section>
        {{/if}}
        {{#if this.whole}}
          {{#if this.picture.ended.length}}
            <section class="mg__section">
              <h3 class="mg__subtitle">{{say "ended.heading"}}</h3>
              <ul class="mg__list">
                {{#each this.picture.ended key="id" as |one|}}
                  <li class="mg__quiet">{{say
                      "ended.with"
                      names=one.names
                      date=(day one.until)
                    }}</li>
                {{/each}}
              </ul>
            </section>
          {{/if}}
          <details class="mg__section mg__settings">
            <summary>{{if
                this.picture.enrolled
                (say "parts.heading")
                (say "consents.heading")
              }}</summary>
            {{#if this.picture.parts.length}}
              <ul class="mg__list">
                {{#each this.picture.parts key="id" as |one|}}
                  <MentorshipPart @one={{one}} />
                {{/each}}
              </ul>
            {{/if}}
            <MentorshipConsents @consents={{this.picture.consents}} />
          </details>
        {{/if}}
      {{/if}}
    </section>
  </template>
}
