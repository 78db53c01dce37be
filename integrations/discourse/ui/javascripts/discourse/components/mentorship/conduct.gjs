// @ts-check
import say from "../../lib/say";

/**
 * What whoever takes part agrees to; `@messages` says that they want messages already.
 *
 * @type {import("@ember/component/template-only").TOC<{ Args: { text: string, messages: boolean } }>}
 */
const MentorshipConduct = <template>
  {{#if @text}}
    <details>
      <summary>{{say "join.conduct"}}</summary>
      <p class="mg__words mg__quiet">{{@text}}</p>
    </details>
  {{/if}}
  <label class="mg__check">
    <input type="checkbox" name="adult" value="yes" required />
    {{say "join.adult"}}
  </label>
  {{#unless @messages}}
    <label class="mg__check">
      <input type="checkbox" name="messages" value="yes" />
      {{say "join.messages"}}
    </label>
  {{/unless}}
</template>;

export default MentorshipConduct;
