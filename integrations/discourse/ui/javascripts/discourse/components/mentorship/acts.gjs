// @ts-check
import MentorshipError from "./error";

/**
 * Buttons in a row, and what went wrong with the last one.
 *
 * @type {import("@ember/component/template-only").TOC<{
 *   Args: { attempt: import("../../lib/attempt").default },
 *   Blocks: { default: [] },
 * }>}
 */
const MentorshipActs = <template>
  <MentorshipError @of={{@attempt}} />
  <div class="mg__acts">{{yield}}</div>
</template>;

export default MentorshipActs;
