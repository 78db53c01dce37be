// @ts-check

import { ENDS } from "../client/mentorships.js";
import { h } from "./dom.js";
import { choice, field, form } from "./fields.js";
import { meeting, propose } from "./meetings.js";
import { button, section, who, writeTo } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function matched(panel, { matched: pairs }) {
  const { words } = panel;
  if (!pairs.length) {
    return null;
  }
  return section(
    "matched",
    words.say("matched.heading"),
    h(
      "ul",
      { class: "mg__list mg__list--people" },
      pairs.map((one) =>
        h(
          "li",
          { class: "mg__card", key: one.id },
          one.people.map((person) =>
            who(
              panel,
              person,
              [
                words.say(
                  one.mentoring ? "matched.mentoring" : "matched.mentor"
                ),
                words.say("matched.since", { date: words.date(one.since) }),
              ].join(" · ")
            )
          ),
          meeting(panel, one),
          panel.isOpen("end", one.id)
            ? end(panel, one)
            : panel.isOpen("propose", one.id)
              ? propose(panel, one)
              : h(
                  "div",
                  { class: "mg__acts" },
                  writeTo(panel, one.people, "first"),
                  one.session
                    ? null
                    : button(panel, words.say("session.propose"), {
                        about: one.names,
                        act: () => panel.open("propose", one.id),
                      }),
                  button(panel, words.say("matched.end"), {
                    about: one.names,
                    kind: "plain",
                    act: () => panel.open("end", one.id),
                  })
                )
        )
      )
    )
  );
}

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function ended(panel, { ended: pairs }) {
  const { words } = panel;
  return pairs.length
    ? section(
        "ended",
        words.say("ended.heading"),
        h(
          "ul",
          { class: "mg__list" },
          pairs.map((one) =>
            h(
              "li",
              { class: "mg__quiet", key: one.id },
              words.say("ended.with", {
                names: one.names,
                date: words.date(String(one.until)),
              })
            )
          )
        )
      )
    : null;
}

/**
 * @param {Panel} panel
 * @param {import("../client/mentorships.js").Pair} one
 */
export function end(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("matched.end_send"),
    ({ reason }) => board.end({ id: one.id, reason }),
    field(
      "reason",
      words.say("matched.end_why"),
      choice(panel, "reason", "ends", ENDS)
    ),
    h("p", { class: "mg__quiet" }, words.say("matched.end_hint"))
  );
}
