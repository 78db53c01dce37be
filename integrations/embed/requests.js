// @ts-check

import { REASONS } from "../client/requests.js";
import { h } from "./dom.js";
import { choice, field, form } from "./fields.js";
import { acts, button, section, who } from "./pieces.js";

/**
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Picture} Picture
 */

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function received(panel, { received: waiting }) {
  const { words } = panel;
  if (!waiting.length) {
    return null;
  }
  const title = words.say("received.heading", { count: waiting.length });
  const cards = waiting.map((one) =>
    h(
      "li",
      { class: "mg__card mg__card--due", key: one.id },
      who(panel, one.person, one.program?.name),
      h(
        "dl",
        { class: "mg__words" },
        h("dt", null, words.say("received.goal")),
        h("dd", null, one.goal),
        one.note ? h("dt", null, words.say("received.note")) : null,
        one.note ? h("dd", null, one.note) : null
      ),
      one.expires
        ? h(
            "p",
            { class: one.soon ? "mg__quiet mg__soon" : "mg__quiet" },
            words.say(one.expires.key, one.expires.values)
          )
        : null,
      panel.isOpen("accept", one.id)
        ? accept(panel, one)
        : panel.isOpen("decline", one.id)
          ? decline(panel, one)
          : h(
              "div",
              { class: "mg__acts" },
              button(panel, words.say("received.accept"), {
                about: one.name,
                kind: "first",
                act: () => panel.open("accept", one.id),
              }),
              button(panel, words.say("received.decline"), {
                about: one.name,
                act: () => panel.open("decline", one.id),
              })
            )
    )
  );
  const found = section(
    "received",
    title,
    h("ul", { class: "mg__list mg__list--people" }, cards)
  );
  found.firstElementChild?.classList.add("mg__subtitle--due");
  return found;
}

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
export function sent(panel, { sent: waiting }) {
  const { words } = panel;
  if (!waiting.length) {
    return null;
  }
  return section(
    "sent",
    words.say("sent.heading"),
    h(
      "ul",
      { class: "mg__list mg__list--people" },
      waiting.map((one) =>
        h(
          "li",
          { class: "mg__card", key: one.id },
          who(
            panel,
            one.person,
            one.queued
              ? words.say("sent.queued")
              : one.expires && words.say(one.expires.key, one.expires.values)
          ),
          h("p", { class: "mg__words" }, one.goal),
          acts(
            panel,
            one.id,
            button(panel, words.say("sent.withdraw"), {
              about: one.name,
              act: () => panel.act(() => panel.board.withdraw(one), one.id),
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
export function answered(panel, { answered: said }) {
  const { words } = panel;
  return said.length
    ? section(
        "answered",
        words.say("answered.heading"),
        h(
          "ul",
          { class: "mg__list" },
          said.map((one) =>
            h(
              "li",
              { key: one.id },
              h(
                "p",
                { class: "mg__words" },
                words.say(`answered.${one.state}`, { name: one.name })
              ),
              one.message
                ? h("p", { class: "mg__quiet mg__words" }, one.message)
                : null
            )
          )
        )
      )
    : null;
}

/**
 * @param {Panel} panel
 * @param {import("../client/requests.js").Waiting} one
 */
export function accept(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("received.accept_send"),
    ({ message }) => board.accept({ id: one.id, name: one.name, message }),
    field(
      "message",
      words.say("received.message"),
      h("textarea", { name: "message", maxlength: 1000 })
    )
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/requests.js").Waiting} one
 */
export function decline(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("received.decline_send"),
    ({ reason, message }) =>
      board.decline({ id: one.id, name: one.name, reason, message }),
    field(
      "reason",
      words.say("received.reason"),
      choice(panel, "reason", "reasons", REASONS)
    ),
    field(
      "message",
      words.say("received.message"),
      h("textarea", { name: "message", maxlength: 1000 })
    ),
    h(
      "p",
      { class: "mg__quiet" },
      words.say("received.decline_hint", { name: one.name })
    )
  );
}
