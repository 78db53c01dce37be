// @ts-check

import { answersIn, choicesOf, isChoice, unfold } from "../client/survey.js";
import { h } from "./dom.js";
import { check, field, form } from "./fields.js";
import { button, section } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function surveys(panel, { surveys: due }) {
  const { words, board } = panel;
  if (!due.length) {
    return null;
  }
  return section(
    "feedback",
    words.say("feedback.heading"),
    h("p", { class: "mg__quiet mg__lead" }, words.say("feedback.hint")),
    h(
      "ul",
      { class: "mg__list" },
      due.map((one) =>
        h(
          "li",
          { class: "mg__card", key: one.id },
          h("strong", null, one.title),
          one.names
            ? h(
                "p",
                { class: "mg__quiet" },
                words.say("feedback.about", { names: one.names })
              )
            : null,
          panel.isOpen("feedback", one.id)
            ? feedback(panel, one)
            : h(
                "div",
                { class: "mg__acts" },
                one.elsewhere
                  ? h(
                      "a",
                      {
                        class: "mg__button",
                        href: `${board.session.service}/my/mentorships`,
                      },
                      words.say("feedback.elsewhere")
                    )
                  : button(panel, words.say("feedback.answer"), {
                      about: one.title,
                      act: () => panel.open("feedback", one.id),
                    })
              )
        )
      )
    )
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/survey.js").Survey} one
 */
export function feedback(panel, one) {
  const { words, board } = panel;
  const made = form(
    panel,
    words.say("feedback.send"),
    ({ named }, given) =>
      board.feedback({
        id: one.id,
        answers: answersIn(given, one.questions),
        named: named === "yes",
      }),
    ...one.questions.map((question, at) => asked(panel, question, `q${at}`)),
    check("named", words.say("feedback.named"))
  );
  const target = /** @type {HTMLFormElement} */ (made);
  target.oninput = ({ currentTarget }) =>
    unfold(/** @type {HTMLFormElement} */ (currentTarget), one.questions);
  unfold(target, one.questions);
  return made;
}

/**
 * A question with its field, in a fieldset that can be left out.
 *
 * @param {Panel} panel
 * @param {import("../client/survey.js").Question} question
 * @param {string} id
 */
function asked(panel, question, id) {
  const { words } = panel;
  const { key, kind, label, help, required, lowLabel, highLabel } = question;
  const given = { class: "mg__question", key: id, "data-question": key };
  const text = required ? `${label} ${words.say("feedback.required")}` : label;
  if (!isChoice(question)) {
    const long = kind === "LONG_TEXT";
    const type = { NUMBER: "number", DATE: "date" }[kind] ?? "text";
    return h(
      "fieldset",
      given,
      field(
        id,
        text,
        h(long ? "textarea" : "input", {
          name: key,
          required,
          maxlength: long ? 4000 : 200,
          ...(long ? {} : { type, step: type === "number" ? "any" : null }),
        }),
        help
      )
    );
  }
  const several = kind === "MULTIPLE_CHOICE";
  const scale = kind === "SCALE";
  const yes = words.say("feedback.answer_yes");
  return h(
    "fieldset",
    given,
    h("legend", null, text),
    help || several
      ? h("p", { class: "mg__quiet" }, help || words.say("feedback.pick_any"))
      : null,
    h(
      "div",
      { class: scale ? "mg__choices mg__choices--scale" : "mg__choices" },
      choicesOf(question, { yes, no: words.say("feedback.answer_no") }).map(
        (option) =>
          h(
            "label",
            { class: "mg__choice" },
            h("input", {
              type: several ? "checkbox" : "radio",
              name: key,
              value: option.key,
              required: required && !several,
            }),
            option.label
          )
      )
    ),
    scale && (lowLabel || highLabel)
      ? h(
          "p",
          { class: "mg__ends mg__quiet" },
          h("span", null, lowLabel),
          h("span", null, highLabel)
        )
      : null
  );
}
