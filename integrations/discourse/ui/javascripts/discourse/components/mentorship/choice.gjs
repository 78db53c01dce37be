// @ts-check
import { concat } from "@ember/helper";
import say from "../../lib/say";

/**
 * One of several words of the service, each with a text of the catalogues.
 *
 * @type {import("@ember/component/template-only").TOC<{
 *   Args: { id: string, name: string, words: string[], texts: string },
 * }>}
 */
const MentorshipChoice = <template>
  <select id={{@id}} name={{@name}}>
    {{#each @words as |word|}}
      <option value={{word}}>{{say (concat @texts "." word)}}</option>
    {{/each}}
  </select>
</template>;

export default MentorshipChoice;
