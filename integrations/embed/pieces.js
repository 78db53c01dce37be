// @ts-check

import { nameOf } from "../client/people.js";
import { h } from "./dom.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/people.js").Person} Person
 */

/**
 * @param {string} key
 * @param {string} title
 * @param {...(Node | null | false)} children
 */
export function section(key, title, ...children) {
  return h(
    "section",
    { class: "mg__section", key },
    h("h3", { class: "mg__subtitle" }, title),
    ...children
  );
}

/**
 * @param {Panel} panel
 * @param {Person} person
 * @param {string | null} [under]
 */
export function who(panel, person, under) {
  const name = nameOf(person);
  const place = panel.profileOf(person);
  return h(
    "div",
    { class: "mg__person" },
    face(person),
    h(
      "div",
      { class: "mg__who" },
      place
        ? h(
            "a",
            {
              class: "mg__name",
              href: place,
              "data-user-card": person.username,
            },
            name
          )
        : h("span", { class: "mg__name" }, name),
      under ? h("p", { class: "mg__quiet" }, under) : null
    )
  );
}

/** @param {Person} person */
function face(person) {
  if (person.avatarUrl) {
    return h("img", {
      class: "mg__face",
      src: person.avatarUrl,
      alt: "",
      width: 44,
      height: 44,
      loading: "lazy",
      referrerpolicy: "no-referrer",
    });
  }
  const letter = nameOf(person).trim().charAt(0).toUpperCase();
  return h(
    "span",
    { class: "mg__face mg__letter", "aria-hidden": "true" },
    letter
  );
}

/**
 * A button whose name for who cannot see it says whom it is about as well.
 *
 * @param {Panel} panel
 * @param {string} text
 * @param {{ about?: string, kind?: "first" | "plain", act: () => unknown, key?: string, open?: boolean }} given
 */
export function button(panel, text, { about, kind, act, key, open }) {
  return h(
    "button",
    {
      type: "button",
      key,
      class: kind ? `mg__button mg__button--${kind}` : "mg__button",
      "aria-label": about
        ? panel.words.say("label_for", { action: text, name: about })
        : null,
      "aria-expanded": open === undefined ? null : String(open),
      disabled: panel.busy,
      onclick: act,
    },
    text
  );
}

/**
 * Buttons in a row, and what went wrong with the last one.
 *
 * @param {Panel} panel
 * @param {string} of what the buttons are about, as `act` of the panel was told
 * @param {...(HTMLElement | null | HTMLElement[])} buttons
 */
export function acts(panel, of, ...buttons) {
  // The key keeps the buttons, and the focus, when what is said before them comes and goes.
  return [
    error(panel, of),
    h("div", { class: "mg__acts", key: "acts" }, ...buttons),
  ];
}

/**
 * @param {Panel} panel
 * @param {string} of
 */
export function error(panel, of) {
  return panel.error && panel.errorOf === of
    ? h("p", { class: "mg__error", role: "alert" }, panel.error)
    : null;
}

/**
 * @param {Panel} panel
 * @param {Person[]} people
 * @param {"first"} [kind]
 */
export function writeTo(panel, people, kind) {
  const { words } = panel;
  const place = people.length === 1 ? panel.messageTo(people[0]) : null;
  const text = words.say("matched.write");
  return place
    ? h(
        "a",
        {
          class: kind ? "mg__button mg__button--first" : "mg__button",
          href: place,
          "aria-label": words.say("label_for", {
            action: text,
            name: nameOf(people[0]),
          }),
        },
        text
      )
    : null;
}
