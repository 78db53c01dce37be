// @ts-check

import { h } from "./dom.js";
import { section } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function circles(panel, { circles: groups }) {
  const { words } = panel;
  return groups.length
    ? section(
        "circles",
        words.say("circles.heading"),
        h(
          "ul",
          { class: "mg__list mg__list--people" },
          groups.map((one) =>
            h(
              "li",
              { class: "mg__card", key: one.id },
              h("strong", null, one.name),
              h(
                "p",
                { class: "mg__quiet" },
                [words.say("circles.size", { count: one.size }), one.slot]
                  .filter(Boolean)
                  .join(" · ")
              ),
              h(
                "ul",
                { class: "mg__faces" },
                one.names.map((name) => h("li", null, name))
              )
            )
          )
        )
      )
    : null;
}
