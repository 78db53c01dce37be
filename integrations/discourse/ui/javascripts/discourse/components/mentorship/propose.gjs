// @ts-check
import Component from "@glimmer/component";
import { action } from "@ember/object";
import { guidFor } from "@ember/object/internals";
import { service } from "@ember/service";
import { MINUTES } from "../../lib/mentorgraph/meetings";
import say from "../../lib/say";
import MentorshipForm from "./form";

const usual = (minutes) => minutes === 60;

/** Proposes a session. */
export default class MentorshipPropose extends Component {
  @service mentorship;

  id = guidFor(this);

  @action
  act({ when, minutes, topic, place }) {
    return this.mentorship.board.propose({
      mentorship: this.args.one.id,
      times: [new Date(when).toISOString()],
      minutes: Number(minutes),
      topic,
      place,
    });
  }

  <template>
    <MentorshipForm @send="session.send" @act={{this.act}} @close={{@close}}>
      <p class="mg__field">
        <label for="{{this.id}}-when">{{say "session.when"}}</label>
        <input
          id="{{this.id}}-when"
          name="when"
          type="datetime-local"
          required
        />
      </p>
      <p class="mg__field">
        <label for="{{this.id}}-minutes">{{say "session.minutes"}}</label>
        <select id="{{this.id}}-minutes" name="minutes">
          {{#each MINUTES as |minutes|}}
            <option
              value={{minutes}}
              selected={{usual minutes}}
            >{{minutes}}</option>
          {{/each}}
        </select>
      </p>
      <p class="mg__field">
        <label for="{{this.id}}-topic">{{say "session.topic"}}</label>
        <input
          id="{{this.id}}-topic"
          name="topic"
          maxlength="200"
          autocomplete="off"
        />
      </p>
      <p class="mg__field">
        <label for="{{this.id}}-place">{{say "session.place"}}</label>
        <input
          id="{{this.id}}-place"
          name="place"
          maxlength="300"
          autocomplete="off"
        />
      </p>
    </MentorshipForm>
  </template>
}
