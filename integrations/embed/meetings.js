// @ts-check

import { linkTo } from "../client/links.js";
import { MINUTES } from "../client/meetings.js";
import { h } from "./dom.js";
import { field, form } from "./fields.js";
import { acts, button } from "./pieces.js";

/** @typedef {import("./element.js").Panel} Panel */

/**
 * What there is to say of a mentorship's session, and to do about it.
 *
 * @param {Panel} panel
 * @param {import("../client/mentorships.js").Pair} one
 */
export function meeting(panel, { session, names }) {
  const { words, board } = panel;
  if (!session) {
    return null;
  }
  const { kind, id, at, times, topic, place } = session;
  const when = at ? words.time(at) : "";
  const link = linkTo(place);
  const text =
    kind === "choose" || kind === "asked"
      ? words.say(`session.${kind}`)
      : words.say(`session.${kind}`, { when });
  const answer = (
    /** @type {string} */ key,
    /** @type {() => Promise<import("../client/board.js").Done>} */ act
  ) =>
    button(panel, words.say(key), {
      about: names,
      act: () => panel.act(act, id),
    });
  return h(
    "div",
    { class: "mg__meeting", key: `session-${id}` },
    h("p", null, text),
    topic ? h("p", { class: "mg__quiet mg__words" }, topic) : null,
    kind === "next" && place
      ? h(
          "p",
          { class: "mg__quiet" },
          link ? h("a", { href: link }, place) : place
        )
      : null,
    kind === "choose"
      ? acts(
          panel,
          id,
          times.map((time) =>
            button(panel, words.time(time), {
              about: names,
              act: () =>
                panel.act(() => board.answerSession({ id, times: [time] }), id),
            })
          ),
          answer("session.none", () => board.answerSession({ id, times: [] }))
        )
      : null,
    kind === "report"
      ? acts(
          panel,
          id,
          answer("session.held", () => board.report({ id, held: true })),
          answer("session.missed", () => board.report({ id, held: false }))
        )
      : null
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/mentorships.js").Pair} one
 */
export function propose(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("session.send"),
    ({ when, minutes, topic, place }) =>
      board.propose({
        mentorship: one.id,
        times: [new Date(when).toISOString()],
        minutes: Number(minutes),
        topic,
        place,
      }),
    field(
      "when",
      words.say("session.when"),
      h("input", { name: "when", type: "datetime-local", required: true })
    ),
    field(
      "minutes",
      words.say("session.minutes"),
      h(
        "select",
        { name: "minutes" },
        MINUTES.map((minutes) =>
          h("option", { value: minutes, selected: minutes === 60 }, minutes)
        )
      )
    ),
    field(
      "topic",
      words.say("session.topic"),
      h("input", { name: "topic", maxlength: 200, autocomplete: "off" })
    ),
    field(
      "place",
      words.say("session.place"),
      h("input", { name: "place", maxlength: 300, autocomplete: "off" })
    )
  );
}
