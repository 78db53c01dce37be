// @ts-check
import Component from "@glimmer/component";
import { service } from "@ember/service";
import say from "../../lib/say";
import MentorshipPerson from "./person";
import MentorshipProblem from "./problem";

/** The tab of the user menu: what waits for the viewer, and the way to everything else. */
export default class MentorshipMenu extends Component {
  @service mentorship;

  constructor(owner, args) {
    super(owner, args);
    this.mentorship.startNow();
  }

  get picture() {
    return this.mentorship.picture;
  }

  <template>
    <div class="mg mg--menu">
      {{#if this.mentorship.state.problem}}
        <MentorshipProblem @problem={{this.mentorship.state.problem}} />
      {{else if this.picture}}
        {{#if this.picture.received.length}}
          <ul class="mg__list">
            {{#each this.picture.received key="id" as |one|}}
              <li>
                <MentorshipPerson @person={{one.person}} @under={{one.goal}} />
              </li>
            {{/each}}
          </ul>
        {{else}}
          <p class="mg__quiet">{{say "menu.nothing"}}</p>
        {{/if}}
      {{else}}
        <p class="mg__quiet" role="status">{{say "loading"}}</p>
      {{/if}}
      <p class="mg__section">
        <a class="mg__button" href={{this.mentorship.place}}>{{say
            "menu.open"
          }}</a>
      </p>
    </div>
  </template>
}
