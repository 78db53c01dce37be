// @ts-check
import Component from "@glimmer/component";
import { guidFor } from "@ember/object/internals";
import say from "../../lib/say";

/**
 * What whoever takes part agrees to, and says of their age.
 *
 * @extends {Component<{ Args: { text: string, role: string, picture: import("../../lib/mentorgraph/picture").Picture | null } }>}
 */
export default class MentorshipConduct extends Component {
  id = guidFor(this);

  /** Who is under age takes part as a mentee, where the community admits them. */
  get youngest() {
    const { role, picture } = this.args;
    return role === "MENTEE" ? picture?.youngest : null;
  }

  get youngHow() {
    return say("join.young_how", { youngest: this.youngest });
  }

  <template>
    {{#if @text}}
      <details>
        <summary>{{say "join.conduct"}}</summary>
        <p class="mg__words mg__quiet">{{@text}}</p>
      </details>
    {{/if}}
    {{#if this.youngest}}
      <label class="mg__check">
        <input type="checkbox" name="conduct" value="yes" required />
        {{say "join.keeps"}}
      </label>
      <label class="mg__check">
        <input type="checkbox" name="adult" value="yes" />
        {{say "join.of_age"}}
      </label>
      <fieldset class="mg__question">
        <legend>{{say "join.young"}}</legend>
        <p class="mg__quiet">{{this.youngHow}}</p>
        <p class="mg__field">
          <label for="{{this.id}}-age">{{say "join.age"}}</label>
          <input
            id="{{this.id}}-age"
            name="age"
            type="number"
            min={{this.youngest}}
            max="17"
          />
        </p>
        <p class="mg__field">
          <label for="{{this.id}}-guardian">{{say "join.guardian"}}</label>
          <input
            id="{{this.id}}-guardian"
            name="guardian"
            maxlength="300"
            autocomplete="off"
            aria-describedby="{{this.id}}-how"
          />
          <span class="mg__quiet" id="{{this.id}}-how">{{say
              "join.guardian_how"
            }}</span>
        </p>
      </fieldset>
    {{else}}
      <label class="mg__check">
        <input type="checkbox" name="adult" value="yes" required />
        {{say "join.adult"}}
      </label>
    {{/if}}
    {{#unless @picture.consents.messages}}
      <label class="mg__check">
        <input type="checkbox" name="messages" value="yes" />
        {{say "join.messages"}}
      </label>
    {{/unless}}
  </template>
}
