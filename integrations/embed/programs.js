// @ts-check

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
export function joining(panel, { joinable }) {
  const { words } = panel;
  return joinable.length
    ? section(
        "join",
        words.say("join.heading"),
        h(
          "ul",
          { class: "mg__list mg__list--people" },
          joinable.map((one) =>
            h(
              "li",
              { class: "mg__card", key: one.id },
              h("strong", null, one.name),
              one.purpose ? h("p", { class: "mg__words" }, one.purpose) : null,
              one.roles.some((role) => panel.isOpen(`join-${role}`, one.id))
                ? join(panel, one)
                : h(
                    "div",
                    { class: "mg__acts" },
                    one.roles.map((role) =>
                      button(panel, words.say(`join.${role.toLowerCase()}`), {
                        about: one.name,
                        act: () => panel.open(`join-${role}`, one.id),
                      })
                    )
                  )
            )
          )
        )
      )
    : null;
}

/**
 * @param {Panel} panel
 * @param {import("../client/programs.js").Joinable} one
 */
export function join(panel, one) {
  const { words, board } = panel;
  const role = panel.isOpen("join-MENTOR", one.id) ? "MENTOR" : "MENTEE";
  return form(
    panel,
    words.say("join.send"),
    ({ capacity, adult, messages }) =>
      board.enrol(
        {
          program: one.id,
          role,
          adult: adult === "yes",
          ...(capacity ? { capacity: Number(capacity) } : {}),
        },
        messages === "yes"
      ),
    h("strong", null, words.say(`join.${role.toLowerCase()}`)),
    role === "MENTOR"
      ? field(
          "capacity",
          words.say("join.capacity"),
          h("input", {
            name: "capacity",
            type: "number",
            min: 1,
            max: 50,
            value: 2,
            required: true,
          })
        )
      : null,
    conduct(panel, one.conduct),
    check("adult", words.say("join.adult"), true),
    wantsMessages(panel)
  );
}

/**
 * @param {Panel} panel
 * @param {string} text
 */
export function conduct(panel, text) {
  return text
    ? h(
        "details",
        null,
        h("summary", null, panel.words.say("join.conduct")),
        h("p", { class: "mg__words mg__quiet" }, text)
      )
    : null;
}

/**
 * Asked once, of who did not agree to it.
 *
 * @param {Panel} panel
 */
export function wantsMessages({ words, board }) {
  return board.state.picture?.consents.messages
    ? null
    : check("messages", words.say("join.messages"));
}
