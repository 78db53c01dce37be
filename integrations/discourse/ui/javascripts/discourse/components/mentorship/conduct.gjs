// @ts-check
import say from "../../lib/say";

/**
 * What whoever takes part agrees to.
 *
 * @type {import("@ember/component/template-only").TOC<{ Args: { text: string } }>}
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
</template>;

export default MentorshipConduct;
