// @ts-check

import { ageIn } from "../client/ages.js";
import { agreed } from "./agreeing.js";
import { h } from "./dom.js";
import { field, form } from "./fields.js";
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
    ({ capacity, messages, ...said }) =>
      board.enrol(
        {
          program: one.id,
          role,
          ...(capacity ? { capacity: Number(capacity) } : {}),
        },
        ageIn(said),
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
    ...agreed(panel, one.conduct, role)
  );
}
