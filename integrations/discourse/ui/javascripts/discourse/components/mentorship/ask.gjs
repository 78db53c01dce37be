// @ts-check
import Component from "@glimmer/component";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import say from "../../lib/say";
import MentorshipForm from "./form";

/** Asks somebody for mentorship: a goal, a note, and where there are several, the program. */
export default class MentorshipAsk extends Component {
  @service mentorship;

  id = guidFor(this);

  get several() {
    return this.args.programs.length > 1;
  }

  @action
  act({ goal, note, program }) {
    const { person, programs, name } = this.args;
    return this.mentorship.board.ask({
      program: program ?? programs[0].id,
      mentor: person.id,
      name,
      goal,
      note,
    });
  }

  <template>
    <MentorshipForm @send="request.send" @act={{this.act}} @close={{@close}}>
      <p class="mg__field">
        <label for="{{this.id}}-goal">{{say "request.goal"}}</label>
        <input
          id="{{this.id}}-goal"
          name="goal"
          required
          minlength="3"
          maxlength="500"
          autocomplete="off"
          aria-describedby="{{this.id}}-hint"
        />
        <span class="mg__quiet" id="{{this.id}}-hint">{{say
            "request.goal_hint"
          }}</span>
      </p>
      <p class="mg__field">
        <label for="{{this.id}}-note">{{say "request.note"}}</label>
        <textarea id="{{this.id}}-note" name="note" maxlength="1000"></textarea>
      </p>
      {{#if this.several}}
        <p class="mg__field">
          <label for="{{this.id}}-program">{{say "request.program"}}</label>
          <select id="{{this.id}}-program" name="program">
            {{#each @programs as |program|}}
              <option value={{program.id}}>{{program.name}}</option>
            {{/each}}
          </select>
        </p>
      {{/if}}
      <p class="mg__quiet">{{say "request.hint" name=@name}}</p>
    </MentorshipForm>
  </template>
}
