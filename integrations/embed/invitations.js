// @ts-check

import { ageIn } from "../client/ages.js";
import { agreed } from "./agreeing.js";
import { h } from "./dom.js";
import { form } from "./fields.js";
import { acts, button, section } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function invited(panel, { invited: invitations }) {
  const { words, board } = panel;
  return invitations.length
    ? section(
        "invited",
        words.say("invited.heading"),
        h(
          "ul",
          { class: "mg__list mg__list--people" },
          invitations.map((one) =>
            h(
              "li",
              { class: "mg__card mg__card--due", key: one.id },
              h(
                "strong",
                null,
                words.say(`invited.${one.role}`, { program: one.program.name })
              ),
              one.purpose ? h("p", { class: "mg__words" }, one.purpose) : null,
              panel.isOpen("invited", one.id)
                ? acceptInvitation(panel, one)
                : acts(
                    panel,
                    one.id,
                    button(panel, words.say("invited.accept"), {
                      about: one.program.name,
                      kind: "first",
                      act: () => panel.open("invited", one.id),
                    }),
                    button(panel, words.say("invited.decline"), {
                      about: one.program.name,
                      act: () =>
                        panel.act(() => board.declineInvitation(one), one.id),
                    })
                  )
            )
          )
        )
      )
    : null;
}

/**
 * @param {Panel} panel
 * @param {import("../client/programs.js").Invited} one
 */
export function acceptInvitation(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("invited.accept"),
    ({ messages, ...said }) =>
      board.acceptInvitation(one, ageIn(said), messages === "yes"),
    ...agreed(panel, one.conduct, one.role)
  );
}
