// @ts-check

// Questions that members are asked about their mentorships, as both user interfaces ask them.

/**
 * @typedef {{ key: string, label: string }} Option
 * @typedef {object} Question
 * @property {string} key
 * @property {string} kind
 * @property {string} label
 * @property {string} help
 * @property {boolean} required
 * @property {Option[]} options
 * @property {any} shownIf
 * @property {number | null} least
 * @property {number | null} most
 * @property {string} lowLabel
 * @property {string} highLabel
 * @typedef {{ id: string, title: string, names: string, questions: Question[], elsewhere: boolean }} Survey
 *   `elsewhere`: it asks something that only the service's own pages can
 */

const CHOICES = ["SCALE", "YES_NO", "SINGLE_CHOICE", "MULTIPLE_CHOICE"];
const WRITTEN = ["SHORT_TEXT", "LONG_TEXT", "NUMBER", "DATE"];

/**
 * @param {any} found
 * @param {(person: any) => string} nameOf
 * @returns {Survey}
 */
export function surveyOf(found, nameOf) {
  const questions = /** @type {Question[]} */ (found.form.questions);
  return {
    id: found.id,
    title: found.form.name,
    names: found.others.map(nameOf).join(", "),
    questions,
    elsewhere: questions.some(
      ({ kind }) => !CHOICES.includes(kind) && !WRITTEN.includes(kind)
    ),
  };
}

/**
 * Whether a question is answered by choosing.
 *
 * @param {Question} question
 */
export function isChoice({ kind }) {
  return CHOICES.includes(kind);
}

/**
 * What there is to choose from; `yes` and `no` are the reader's words for them.
 *
 * @param {Question} question
 * @param {{ yes: string, no: string }} words
 * @returns {Option[]}
 */
export function choicesOf({ kind, options, least, most }, { yes, no }) {
  if (kind === "YES_NO") {
    return [
      { key: "yes", label: yes },
      { key: "no", label: no },
    ];
  }
  if (kind !== "SCALE") {
    return options;
  }
  const first = least ?? 1;
  return Array.from({ length: (most ?? 5) - first + 1 }, (_, at) => ({
    key: String(first + at),
    label: String(first + at),
  }));
}

/**
 * What the fields of a form answer to the questions that are shown, in the order of the form.
 *
 * @param {FormData} given
 * @param {Question[]} questions
 * @returns {Map<string, unknown>}
 */
export function answersIn(given, questions) {
  const found = new Map();
  for (const question of questions) {
    if (question.shownIf && !holds(question.shownIf, found)) {
      continue;
    }
    const value = valueOf(question, given.getAll(question.key).map(String));
    if (value !== null) {
      found.set(question.key, value);
    }
  }
  return found;
}

/**
 * @param {Question} question
 * @param {string[]} given
 * @returns {unknown} null for no answer
 */
function valueOf({ kind }, given) {
  const [first = ""] = given;
  if (kind === "MULTIPLE_CHOICE") {
    return given.length ? given : null;
  }
  if (!first.trim()) {
    return null;
  }
  if (kind === "YES_NO") {
    return first === "yes";
  }
  return kind === "SCALE" || kind === "NUMBER" ? Number(first) : first;
}

/**
 * The service's rule of when a question is shown: a comparison, or all, any or not of others. A question without an answer never holds.
 *
 * @param {any} rule
 * @param {Map<string, unknown>} answers
 * @returns {boolean}
 */
export function holds(rule, answers) {
  if (rule.not) {
    return !holds(rule.not, answers);
  }
  if (rule.all) {
    return rule.all.every((/** @type {any} */ one) => holds(one, answers));
  }
  if (rule.any) {
    return rule.any.some((/** @type {any} */ one) => holds(one, answers));
  }
  const answer = /** @type {any} */ (answers.get(rule.question));
  if (answer === undefined) {
    return false;
  }
  switch (rule.operator) {
    case "answered":
      return true;
    case "contains":
      return Array.isArray(answer) && answer.includes(rule.value);
    case "at_least":
      return answer >= rule.value;
    case "at_most":
      return answer <= rule.value;
    default:
      return answer === rule.value;
  }
}

/**
 * Show the questions of a form that its answers call for, and no others.
 *
 * @param {HTMLFormElement} form each question in a fieldset that names it
 * @param {Question[]} questions
 */
export function unfold(form, questions) {
  const asked = new Map(questions.map((one) => [one.key, one]));
  for (const place of form.querySelectorAll("fieldset[data-question]")) {
    const fieldset = /** @type {HTMLFieldSetElement} */ (place);
    const rule = asked.get(fieldset.dataset.question ?? "")?.shownIf;
    const answers = answersIn(new FormData(form), questions);
    fieldset.hidden = Boolean(rule) && !holds(rule, answers);
    fieldset.disabled = fieldset.hidden;
  }
}
