// @ts-check
import Component from "@glimmer/component";
import { guidFor } from "@ember/object/internals";
import { choicesOf, isChoice } from "../../lib/mentorgraph/survey";
import say from "../../lib/say";

const TYPES = { NUMBER: "number", DATE: "date" };

/** A question with its field, in a fieldset that can be left out. */
export default class MentorshipQuestion extends Component {
  id = guidFor(this);

  get choice() {
    return isChoice(this.args.one);
  }

  get choices() {
    const words = {
      yes: say("feedback.answer_yes"),
      no: say("feedback.answer_no"),
    };
    return choicesOf(this.args.one, words);
  }

  get several() {
    return this.args.one.kind === "MULTIPLE_CHOICE";
  }

  get scale() {
    return this.args.one.kind === "SCALE";
  }

  get long() {
    return this.args.one.kind === "LONG_TEXT";
  }

  get type() {
    if (this.choice) {
      return this.several ? "checkbox" : "radio";
    }
    return TYPES[this.args.one.kind] ?? "text";
  }

  get step() {
    return this.args.one.kind === "NUMBER" ? "any" : null;
  }

  get required() {
    return this.args.one.required && !this.several;
  }

  get label() {
    const { label, required } = this.args.one;
    return required ? `${label} ${say("feedback.required")}` : label;
  }

  get help() {
    return this.args.one.help || (this.several && say("feedback.pick_any"));
  }

  <template>
    <fieldset class="mg__question" data-question={{@one.key}}>
      {{#if this.choice}}
        <legend>{{this.label}}</legend>
        {{#if this.help}}<p class="mg__quiet">{{this.help}}</p>{{/if}}
        <div class="mg__choices {{if this.scale 'mg__choices--scale'}}">
          {{#each this.choices as |option|}}
            <label class="mg__choice">
              <input
                type={{this.type}}
                name={{@one.key}}
                value={{option.key}}
                required={{this.required}}
              />
              {{option.label}}
            </label>
          {{/each}}
        </div>
        {{#if this.scale}}
          <p class="mg__ends mg__quiet">
            <span>{{@one.lowLabel}}</span>
            <span>{{@one.highLabel}}</span>
          </p>
        {{/if}}
      {{else}}
        <p class="mg__field">
          <label for={{this.id}}>{{this.label}}</label>
          {{#if this.long}}
            <textarea
              id={{this.id}}
              name={{@one.key}}
              required={{this.required}}
              maxlength="4000"
            ></textarea>
          {{else}}
            <input
              id={{this.id}}
              name={{@one.key}}
              type={{this.type}}
              step={{this.step}}
              required={{this.required}}
              maxlength="200"
            />
          {{/if}}
          {{#if this.help}}<span class="mg__quiet">{{this.help}}</span>{{/if}}
        </p>
      {{/if}}
    </fieldset>
  </template>
}
