// @ts-check
/**
 * What went wrong with an attempt.
 *
 * @type {import("@ember/component/template-only").TOC<{
 *   Args: { of: import("../../lib/attempt").default },
 * }>}
 */
const MentorshipError = <template>
  {{#if @of.error}}
    <p class="mg__error" role="alert">{{@of.error}}</p>
  {{/if}}
</template>;

export default MentorshipError;
