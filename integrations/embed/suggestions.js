// @ts-check

import { linkTo } from "../client/links.js";
import { h } from "./dom.js";
import { field, form } from "./fields.js";
import { acts, button, error, section, who, writeTo } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function suggestions(panel, picture) {
  const { words } = panel;
  const shown = panel.all
    ? picture.suggestions
    : picture.suggestions.slice(0, 4);
  const more = picture.suggestions.length - shown.length;
  return section(
    "suggestions",
    words.say("suggestions.heading"),
    shown.length
      ? h(
          "ul",
          { class: "mg__list mg__list--people" },
          shown.map((one) => suggestion(panel, one))
        )
      : h("p", { class: "mg__quiet" }, words.say("suggestions.empty")),
    more > 0
      ? h(
          "p",
          { class: "mg__acts" },
          button(panel, words.say("suggestions.more"), {
            kind: "plain",
            act: () => panel.showAll(),
          })
        )
      : null,
    need(panel)
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/suggestions.js").Suggested} one
 */
function suggestion(panel, one) {
  const { words } = panel;
  const row = acts(
    panel,
    one.id,
    one.programs.length
      ? button(panel, words.say("suggestions.ask"), {
          about: one.name,
          kind: "first",
          act: () => panel.open("ask", one.id),
        })
      : writeTo(panel, [one.person]),
    button(panel, words.say("suggestions.dismiss"), {
      about: one.name,
      kind: "plain",
      act: () => panel.act(() => panel.board.dismiss(one), one.id),
    })
  );
  return h(
    "li",
    { class: "mg__card", key: one.id },
    who(panel, one.person, one.person.title),
    h(
      "ul",
      {
        class: "mg__reasons",
        "aria-label": words.say("suggestions.why", { name: one.name }),
      },
      one.reasons.map((reason) =>
        h(
          "li",
          null,
          reason.text,
          reason.evidence.length
            ? h(
                "ul",
                { class: "mg__posts" },
                reason.evidence.map((post) =>
                  h("li", null, h("a", { href: linkTo(post.url) }, post.title))
                )
              )
            : null
        )
      )
    ),
    panel.isOpen("ask", one.id) ? ask(panel, one) : row
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/suggestions.js").Suggested} one
 */
export function ask(panel, one) {
  const { words, board } = panel;
  const several = one.programs.length > 1;
  return form(
    panel,
    words.say("request.send"),
    ({ goal, note, program }) =>
      board.ask({
        program: program ?? one.programs[0].id,
        mentor: one.person.id,
        name: one.name,
        goal,
        note,
      }),
    field(
      "goal",
      words.say("request.goal"),
      h("input", {
        name: "goal",
        required: true,
        minlength: 3,
        maxlength: 500,
        autocomplete: "off",
      }),
      words.say("request.goal_hint")
    ),
    field(
      "note",
      words.say("request.note"),
      h("textarea", { name: "note", maxlength: 1000 })
    ),
    several
      ? field(
          "program",
          words.say("request.program"),
          h(
            "select",
            { name: "program" },
            one.programs.map((program) =>
              h("option", { value: program.id }, program.name)
            )
          )
        )
      : null,
    h(
      "p",
      { class: "mg__quiet" },
      words.say("request.hint", { name: one.name })
    )
  );
}

/** @param {Panel} panel */
export function need(panel) {
  const { words, board } = panel;
  return h(
    "form",
    {
      class: "mg__form mg__form--bare",
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const target = /** @type {HTMLFormElement} */ (event.target);
        const text = String(new FormData(target).get("need"));
        if (await panel.act(() => board.stateNeed({ text }), "need")) {
          target.reset();
        }
      },
    },
    h(
      "div",
      { class: "mg__row" },
      field(
        "need",
        words.say("need.label"),
        h("input", {
          name: "need",
          required: true,
          minlength: 3,
          maxlength: 500,
          autocomplete: "off",
        })
      ),
      h(
        "button",
        { class: "mg__button", disabled: panel.busy },
        words.say("need.send")
      )
    ),
    error(panel, "need")
  );
}
