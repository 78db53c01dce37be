// @ts-check

import { noteOf } from "../client/programs.js";
import { h } from "./dom.js";
import { form } from "./fields.js";
import { button, error } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function settings(panel, { parts, consents }) {
  const { words, board } = panel;
  const wish = (
    /** @type {"messages" | "suggested"} */ name,
    /** @type {boolean} */ given,
    /** @type {string} */ text
  ) =>
    h(
      "label",
      { class: "mg__check" },
      h("input", {
        type: "checkbox",
        checked: given,
        disabled: panel.busy,
        "data-set": true,
        onchange: (/** @type {Event} */ event) => {
          const value = /** @type {HTMLInputElement} */ (event.target).checked;
          panel.act(() => board.consent({ [name]: value }), "consents");
        },
      }),
      text
    );
  return h(
    "details",
    { class: "mg__section mg__settings", key: "settings" },
    h(
      "summary",
      null,
      words.say(parts.length ? "parts.heading" : "consents.heading")
    ),
    parts.length
      ? h(
          "ul",
          { class: "mg__list" },
          parts.map((one) => part(panel, one))
        )
      : null,
    wish("messages", consents.messages, words.say("consents.messages")),
    wish("suggested", consents.expert, words.say("consents.expert")),
    error(panel, "consents")
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/programs.js").Part} one
 */
function part(panel, one) {
  const { words, board } = panel;
  const id = `places-${one.id}`;
  const title = words.say(`parts.${one.role}`, { program: one.program.name });
  const note = noteOf(one);
  // Who looks for a mentor has no places to give.
  const mentoring = one.role === "MENTOR";
  return h(
    "li",
    { class: "mg__card", key: one.id },
    h("strong", null, title),
    note ? h("p", { class: "mg__quiet" }, words.say(note)) : null,
    panel.isOpen("leave", one.id)
      ? leave(panel, one)
      : one.state === "APPROVED"
        ? h(
            "form",
            {
              class: "mg__row",
              onsubmit: (/** @type {SubmitEvent} */ event) => {
                event.preventDefault();
                const given = new FormData(
                  /** @type {HTMLFormElement} */ (event.target)
                );
                const capacity = Number(given.get("capacity"));
                panel.act(() => board.change({ id: one.id, capacity }), one.id);
              },
            },
            mentoring &&
              h(
                "p",
                { class: "mg__field mg__field--short" },
                h("label", { for: id }, words.say("parts.capacity")),
                h("input", {
                  id,
                  name: "capacity",
                  type: "number",
                  min: 0,
                  max: 50,
                  value: one.capacity,
                  required: true,
                })
              ),
            mentoring &&
              h(
                "button",
                { class: "mg__button", disabled: panel.busy },
                words.say("parts.save")
              ),
            button(
              panel,
              words.say(one.paused ? "parts.resume" : "parts.pause"),
              {
                about: title,
                act: () =>
                  panel.act(
                    () => board.change({ id: one.id, paused: !one.paused }),
                    one.id
                  ),
              }
            ),
            button(panel, words.say("parts.leave"), {
              about: title,
              kind: "plain",
              act: () => panel.open("leave", one.id),
            })
          )
        : null,
    error(panel, one.id)
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/programs.js").Part} one
 */
export function leave(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("parts.leave"),
    () => board.leave(one),
    h("p", { class: "mg__quiet" }, words.say("parts.leave_hint"))
  );
}
