// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { action } from "@ember/object";
import { service } from "@ember/service";
import getURL from "discourse/lib/get-url";
import { mentorsIn } from "../../lib/mentorgraph/programs";
import say, { labelFor } from "../../lib/say";
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
    this.mentorship.startNow();
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

  get asked() {
    const { picture } = this.mentorship;
    return picture?.sent.some(({ person }) => person.id === this.member?.id);
  }

  /**
   * Where the viewer offers to mentor: who mentors already writes to this member, with words to begin with; anybody else says first that they would.
   */
  get offer() {
    const { picture } = this.mentorship;
    const program = picture && mentorsIn(picture);
    if (program) {
      const wanted = new URLSearchParams({
        username: this.member.username,
        title: say("card.offer_title"),
        body: say("card.offer_body", { name: this.name, program }),
      });
      return getURL(`/new-message?${wanted}`);
    }
    return picture?.joinable.some(({ roles }) => roles.includes("MENTOR"))
      ? this.mentorship.place
      : null;
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
        {{else}}
          {{#if this.asked}}
            <p class="mg__quiet" role="status">{{if
                this.said
                this.said
                (say "card.asked")
              }}</p>
          {{/if}}
          <div class="mg__acts">
            {{#if this.askable}}
              <MentorshipButton
                @text="card.ask"
                @about={{this.name}}
                @kind="first"
                @act={{this.ask}}
              />
            {{/if}}
            {{#if this.offer}}
              <a
                class="mg__button"
                href={{this.offer}}
                aria-label={{labelFor "card.offer" this.name}}
              >{{say "card.offer"}}</a>
            {{/if}}
          </div>
        {{/if}}
      </div>
    {{/if}}
  </template>
}
