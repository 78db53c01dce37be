// @ts-check

import { h } from "./dom.js";
import { acts, button } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/board.js").Done} Done
 */

/**
 * A form that opens in its card and takes the focus.
 *
 * @param {Panel} panel
 * @param {string} send
 * @param {(values: Record<string, string>, given: FormData) => Promise<Done>} act
 * @param {...(Node | null)} fields
 */
export function form(panel, send, act, ...fields) {
  return h(
    "form",
    {
      class: "mg__form",
      key: "form",
      onsubmit: (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const target = /** @type {HTMLFormElement} */ (event.target);
        const given = new FormData(target);
        const values = /** @type {Record<string, string>} */ (
          Object.fromEntries(given)
        );
        panel.act(() => act(values, given));
      },
    },
    ...fields,
    acts(
      panel,
      "",
      h(
        "button",
        { class: "mg__button mg__button--first", disabled: panel.busy },
        send
      ),
      button(panel, panel.words.say("cancel"), {
        kind: "plain",
        act: () => panel.close(),
      })
    )
  );
}

/**
 * @param {string} id
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string | null} [hint]
 */
export function field(id, label, control, hint) {
  control.id = id;
  if (hint) {
    control.setAttribute("aria-describedby", `${id}-hint`);
  }
  return h(
    "p",
    { class: "mg__field", key: id },
    h("label", { for: id }, label),
    control,
    hint ? h("span", { class: "mg__quiet", id: `${id}-hint` }, hint) : null
  );
}

/**
 * @param {Panel} panel
 * @param {string} name
 * @param {string} prefix
 * @param {string[]} words
 */
export function choice(panel, name, prefix, words) {
  return h(
    "select",
    { name },
    words.map((word) =>
      h("option", { value: word }, panel.words.say(`${prefix}.${word}`))
    )
  );
}

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} [required]
 */
export function check(name, text, required = false) {
  return h(
    "label",
    { class: "mg__check" },
    h("input", { type: "checkbox", name, value: "yes", required }),
    text
  );
}
