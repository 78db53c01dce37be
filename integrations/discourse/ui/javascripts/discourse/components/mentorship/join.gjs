// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { concat, fn } from "@ember/helper";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { ageIn } from "../../lib/mentorgraph/ages";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipConduct from "./conduct";
import MentorshipForm from "./form";

const lower = (word) => word.toLowerCase();

/** A program that takes members in. */
export default class MentorshipJoin extends Component {
  @service mentorship;

  @tracked role = "";

  id = guidFor(this);

  get mentoring() {
    return this.role === "MENTOR";
  }

  @action
  choose(role) {
    this.role = role;
  }

  @action
  enrol({ capacity, messages, ...said }) {
    const part = {
      program: this.args.one.id,
      role: this.role,
      ...(capacity ? { capacity: Number(capacity) } : {}),
    };
    return this.mentorship.board.enrol(part, ageIn(said), messages === "yes");
  }

  <template>
    <li class="mg__card">
      <strong>{{@one.name}}</strong>
      {{#if @one.purpose}}<p class="mg__words">{{@one.purpose}}</p>{{/if}}
      {{#if this.role}}
        <MentorshipForm
          @send="join.send"
          @act={{this.enrol}}
          @close={{fn this.choose ""}}
        >
          <strong>{{say (concat "join." (lower this.role))}}</strong>
          {{#if this.mentoring}}
            <p class="mg__field">
              <label for="{{this.id}}-room">{{say "join.capacity"}}</label>
              <input
                id="{{this.id}}-room"
                name="capacity"
                type="number"
                min="1"
                max="50"
                value="2"
                required
              />
            </p>
          {{/if}}
          <MentorshipConduct
            @text={{@one.conduct}}
            @role={{this.role}}
            @picture={{this.mentorship.picture}}
          />
        </MentorshipForm>
      {{else}}
        <div class="mg__acts">
          {{#each @one.roles as |role|}}
            <MentorshipButton
              @text={{concat "join." (lower role)}}
              @about={{@one.name}}
              @act={{fn this.choose role}}
            />
          {{/each}}
        </div>
      {{/if}}
    </li>
  </template>
}
