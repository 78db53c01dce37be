// @ts-check
import { on } from "@ember/modifier";
import say, { labelFor } from "../../lib/say";

const kindOf = (/** @type {string | undefined} */ kind) =>
  kind ? `mg__button--${kind}` : "";

/**
 * A button whose name for who cannot see says whom it is about as well.
 *
 * @type {import("@ember/component/template-only").TOC<{
 *   Args: { text: string, about?: string, kind?: string, busy?: boolean, act: (event: Event) => unknown },
 *   Element: HTMLButtonElement,
 * }>}
 */
const MentorshipButton = <template>
  <button
    type="button"
    class="mg__button {{kindOf @kind}}"
    aria-label={{if @about (labelFor @text @about)}}
    disabled={{@busy}}
    {{on "click" @act}}
    ...attributes
  >{{say @text}}</button>
</template>;

export default MentorshipButton;
