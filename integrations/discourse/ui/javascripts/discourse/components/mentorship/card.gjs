// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import say from "../../lib/say";
import MentorshipAsk from "./ask";
import MentorshipButton from "./button";

/** On the card of another member: ask them for mentorship, or offer to mentor them. */
export default class MentorshipCard extends Component {
  @service currentUser;
  @service mentorship;

  /** @type {any} */
  @tracked member = null;

  @tracked asking = false;

  constructor(owner, args) {
    super(owner, args);
    void this.look();
  }

  get user() {
    return this.args.outletArgs.user;
  }

  get said() {
    const { said } = this.mentorship.state;
    return said?.key === "said.asked" && say(said.key, said.values);
  }

  get name() {
    return this.member.name || this.member.username;
  }

  get askable() {
    return this.member?.canBeAskedIn.length > 0;
  }

  async look() {
    if (this.user.id === this.currentUser.id) {
      return;
    }
    const member = await this.mentorship.board.member(String(this.user.id));
    if (!this.isDestroying) {
      this.member = member;
    }
  }

  @action
  ask() {
    this.asking = true;
  }

  @action
  close() {
    this.asking = false;
    void this.look();
  }

  <template>
    {{#if this.member}}
      <div class="mg mg--card">
        {{#if this.asking}}
          <MentorshipAsk
            @person={{this.member}}
            @name={{this.name}}
            @programs={{this.member.canBeAskedIn}}
            @close={{this.close}}
          />
        {{else if this.askable}}
          <MentorshipButton
            @text="card.ask"
            @about={{this.name}}
            @kind="first"
            @act={{this.ask}}
          />
        {{else}}
          <div role="status">{{#if this.said}}<p
                class="mg__said"
              >{{this.said}}</p>{{/if}}</div>
        {{/if}}
      </div>
    {{/if}}
  </template>
}
