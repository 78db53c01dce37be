// @ts-check
import Component from "@glimmer/component";
import { tracked } from "@glimmer/tracking";
import { on } from "@ember/modifier";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import Attempt from "../../lib/attempt";
import { noteOf } from "../../lib/mentorgraph/programs";
import say from "../../lib/say";
import MentorshipButton from "./button";
import MentorshipError from "./error";
import MentorshipForm from "./form";

/** The viewer's part in a program: places, a pause, leaving. */
export default class MentorshipPart extends Component {
  @service mentorship;

  @tracked leaving = false;

  attempt = new Attempt();
  id = guidFor(this);

  get title() {
    const { role, program } = this.args.one;
    return say(`parts.${role}`, { program: program.name });
  }

  get note() {
    const note = noteOf(this.args.one);
    return note && say(note);
  }

  /** Who looks for a mentor has no places to give. */
  get mentoring() {
    return this.args.one.role === "MENTOR";
  }

  get approved() {
    return this.args.one.state === "APPROVED";
  }

  change(wanted) {
    const { board } = this.mentorship;
    const { id } = this.args.one;
    return this.attempt.make(() => board.change({ id, ...wanted }));
  }

  @action
  save(event) {
    event.preventDefault();
    const capacity = Number(new FormData(event.target).get("capacity"));
    return this.change({ capacity });
  }

  @action
  pause() {
    return this.change({ paused: !this.args.one.paused });
  }

  @action
  open() {
    this.leaving = true;
  }

  @action
  close() {
    this.leaving = false;
  }

  @action
  leave() {
    return this.mentorship.board.leave(this.args.one);
  }

  <template>
    <li class="mg__card">
      <strong>{{this.title}}</strong>
      {{#if this.note}}<p class="mg__quiet">{{this.note}}</p>{{/if}}
      {{#if this.leaving}}
        <MentorshipForm
          @send="parts.leave"
          @act={{this.leave}}
          @close={{this.close}}
        >
          <p class="mg__quiet">{{say "parts.leave_hint"}}</p>
        </MentorshipForm>
      {{else if this.approved}}
        <form class="mg__row" {{on "submit" this.save}}>
          {{#if this.mentoring}}
            <p class="mg__field mg__field--short">
              <label for="{{this.id}}-places">{{say "parts.capacity"}}</label>
              <input
                id="{{this.id}}-places"
                name="capacity"
                type="number"
                min="0"
                max="50"
                value={{@one.capacity}}
                required
              />
            </p>
            <button
              type="submit"
              class="mg__button"
              disabled={{this.attempt.busy}}
            >{{say "parts.save"}}</button>
          {{/if}}
          <MentorshipButton
            @text={{if @one.paused "parts.resume" "parts.pause"}}
            @about={{this.title}}
            @busy={{this.attempt.busy}}
            @act={{this.pause}}
          />
          <MentorshipButton
            @text="parts.leave"
            @about={{this.title}}
            @kind="plain"
            @busy={{this.attempt.busy}}
            @act={{this.open}}
          />
        </form>
        <MentorshipError @of={{this.attempt}} />
      {{/if}}
    </li>
  </template>
}
