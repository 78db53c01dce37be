// @ts-check

import { h } from "./dom.js";
import { check, field } from "./fields.js";

/** @typedef {import("./element.js").Panel} Panel */

/**
 * What whoever takes part agrees to, and says of their age. Who is under age takes part as a mentee, where the community admits them.
 *
 * @param {Panel} panel
 * @param {string} text
 * @param {string} role
 */
export function agreed(panel, text, role) {
  const { words, board } = panel;
  const youngest = board.state.picture?.youngest;
  return [
    conduct(panel, text),
    ...(youngest && role === "MENTEE"
      ? [
          check("conduct", words.say("join.keeps"), true),
          check("adult", words.say("join.of_age")),
          young(panel, youngest),
        ]
      : [check("adult", words.say("join.adult"), true)]),
    wantsMessages(panel),
  ];
}

/**
 * @param {Panel} panel
 * @param {number} youngest
 */
function young({ words }, youngest) {
  return h(
    "fieldset",
    { class: "mg__question" },
    h("legend", null, words.say("join.young")),
    h("p", { class: "mg__quiet" }, words.say("join.young_how", { youngest })),
    field(
      "age",
      words.say("join.age"),
      h("input", { name: "age", type: "number", min: youngest, max: 17 })
    ),
    field(
      "guardian",
      words.say("join.guardian"),
      h("input", { name: "guardian", maxlength: 300, autocomplete: "off" }),
      words.say("join.guardian_how")
    )
  );
}

/**
 * @param {Panel} panel
 * @param {string} text
 */
function conduct(panel, text) {
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
function wantsMessages({ words, board }) {
  return board.state.picture?.consents.messages
    ? null
    : check("messages", words.say("join.messages"));
}
