// @ts-check

import { linkTo, nameOf, noteOf } from "../client/picture.js";
import { h } from "./dom.js";
import {
  accept,
  acceptInvitation,
  ask,
  decline,
  end,
  feedback,
  join,
  leave,
  need,
  propose,
} from "./forms.js";

/**
 * @typedef {import("../client/picture.js").Picture} Picture
 * @typedef {import("./element.js").Panel} Panel
 * @typedef {import("../client/picture.js").Person} Person
 */

/**
 * Everything there is for a member, in the order of what needs them most.
 *
 * @param {Panel} panel
 * @param {Picture} picture
 * @returns {(HTMLElement | null)[]}
 */
export function everything(panel, picture) {
  return [
    received(panel, picture),
    invited(panel, picture),
    sent(panel, picture),
    answered(panel, picture),
    matched(panel, picture),
    surveys(panel, picture),
    suggestions(panel, picture),
    circles(panel, picture),
    joining(panel, picture),
    ended(panel, picture),
    settings(panel, picture),
  ];
}

/**
 * @param {string} key
 * @param {string} title
 * @param {...(Node | null | false)} children
 */
function section(key, title, ...children) {
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
function who(panel, person, under) {
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
 * @param {Panel} panel
 * @param {Picture} picture
 */
function received(panel, { received: waiting }) {
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
function sent(panel, { sent: waiting }) {
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
          h(
            "div",
            { class: "mg__acts" },
            button(panel, words.say("sent.withdraw"), {
              about: one.name,
              act: () => panel.act(() => panel.board.withdraw(one)),
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
function answered(panel, { answered: said }) {
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
 * @param {Picture} picture
 */
function matched(panel, { matched: pairs }) {
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
 * What there is to say of a mentorship's session, and to do about it.
 *
 * @param {Panel} panel
 * @param {import("../client/picture.js").Pair} one
 */
function meeting(panel, { session, names }) {
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
    button(panel, words.say(key), { about: names, act: () => panel.act(act) });
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
      ? h(
          "div",
          { class: "mg__acts" },
          times.map((time) =>
            button(panel, words.time(time), {
              about: names,
              act: () =>
                panel.act(() => board.answerSession({ id, times: [time] })),
            })
          ),
          answer("session.none", () => board.answerSession({ id, times: [] }))
        )
      : null,
    kind === "report"
      ? h(
          "div",
          { class: "mg__acts" },
          answer("session.held", () => board.report({ id, held: true })),
          answer("session.missed", () => board.report({ id, held: false }))
        )
      : null
  );
}

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
function surveys(panel, { surveys: asked }) {
  const { words, board } = panel;
  if (!asked.length) {
    return null;
  }
  return section(
    "feedback",
    words.say("feedback.heading"),
    h("p", { class: "mg__quiet mg__lead" }, words.say("feedback.hint")),
    h(
      "ul",
      { class: "mg__list" },
      asked.map((one) =>
        h(
          "li",
          { class: "mg__card", key: one.id },
          h("strong", null, one.title),
          one.names
            ? h(
                "p",
                { class: "mg__quiet" },
                words.say("feedback.about", { names: one.names })
              )
            : null,
          panel.isOpen("feedback", one.id)
            ? feedback(panel, one)
            : h(
                "div",
                { class: "mg__acts" },
                one.elsewhere
                  ? h(
                      "a",
                      {
                        class: "mg__button",
                        href: `${board.session.service}/my/mentorships`,
                      },
                      words.say("feedback.elsewhere")
                    )
                  : button(panel, words.say("feedback.answer"), {
                      about: one.title,
                      act: () => panel.open("feedback", one.id),
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
function invited(panel, { invited: invitations }) {
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
                : h(
                    "div",
                    { class: "mg__acts" },
                    button(panel, words.say("invited.accept"), {
                      about: one.program.name,
                      kind: "first",
                      act: () => panel.open("invited", one.id),
                    }),
                    button(panel, words.say("invited.decline"), {
                      about: one.program.name,
                      act: () =>
                        panel.act(() =>
                          board.answerInvitation({
                            id: one.id,
                            role: one.role,
                            accept: false,
                          })
                        ),
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
 * @param {Person[]} people
 * @param {"first"} [kind]
 */
function writeTo(panel, people, kind) {
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

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
function suggestions(panel, picture) {
  const { words } = panel;
  const shown = panel.all
    ? picture.suggestions
    : picture.suggestions.slice(0, 4);
  const more = picture.suggestions.length - shown.length;
  return section(
    "suggestions",
    words.say("suggestions.heading"),
    shown.length
      ? h(
          "ul",
          { class: "mg__list mg__list--people" },
          shown.map((one) => suggestion(panel, one))
        )
      : h("p", { class: "mg__quiet" }, words.say("suggestions.empty")),
    more > 0
      ? h(
          "p",
          { class: "mg__acts" },
          button(panel, words.say("suggestions.more"), {
            kind: "plain",
            act: () => panel.showAll(),
          })
        )
      : null,
    need(panel)
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Suggested} one
 */
function suggestion(panel, one) {
  const { words } = panel;
  const acts = h(
    "div",
    { class: "mg__acts" },
    one.programs.length
      ? button(panel, words.say("suggestions.ask"), {
          about: one.name,
          kind: "first",
          act: () => panel.open("ask", one.id),
        })
      : writeTo(panel, [one.person]),
    button(panel, words.say("suggestions.dismiss"), {
      about: one.name,
      kind: "plain",
      act: () => panel.act(() => panel.board.dismiss(one)),
    })
  );
  return h(
    "li",
    { class: "mg__card", key: one.id },
    who(panel, one.person, one.person.title),
    h(
      "ul",
      {
        class: "mg__reasons",
        "aria-label": words.say("suggestions.why", { name: one.name }),
      },
      one.reasons.map((reason) =>
        h(
          "li",
          null,
          reason.text,
          reason.evidence.length
            ? h(
                "ul",
                { class: "mg__posts" },
                reason.evidence.map((post) =>
                  h("li", null, h("a", { href: safe(post.url) }, post.title))
                )
              )
            : null
        )
      )
    ),
    panel.isOpen("ask", one.id) ? ask(panel, one) : acts
  );
}

/**
 * An address that a link may lead to; anything but http and https leads nowhere.
 *
 * @param {string} address
 */
function safe(address) {
  return /^https?:\/\//i.test(address) ? address : null;
}

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
function circles(panel, { circles: groups }) {
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

/**
 * @param {Panel} panel
 * @param {Picture} picture
 */
function joining(panel, { joinable }) {
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
 * @param {Picture} picture
 */
function ended(panel, { ended: pairs }) {
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
 * @param {Picture} picture
 */
function settings(panel, { parts, consents }) {
  const { words, board } = panel;
  const wish = (
    /** @type {"messages" | "suggested"} */ name,
    /** @type {boolean} */ given,
    /** @type {string} */ text
  ) =>
    h(
      "label",
      { class: "mg__check" },
      h("input", {
        type: "checkbox",
        checked: given,
        disabled: panel.busy,
        "data-set": true,
        onchange: (/** @type {Event} */ event) => {
          const value = /** @type {HTMLInputElement} */ (event.target).checked;
          panel.act(() => board.consent({ [name]: value }));
        },
      }),
      text
    );
  return h(
    "details",
    { class: "mg__section mg__settings", key: "settings" },
    h(
      "summary",
      null,
      words.say(parts.length ? "parts.heading" : "consents.heading")
    ),
    parts.length
      ? h(
          "ul",
          { class: "mg__list" },
          parts.map((one) => part(panel, one))
        )
      : null,
    wish("messages", consents.messages, words.say("consents.messages")),
    wish("suggested", consents.expert, words.say("consents.expert"))
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Part} one
 */
function part(panel, one) {
  const { words, board } = panel;
  const id = `places-${one.id}`;
  const title = words.say(`parts.${one.role}`, { program: one.program.name });
  const note = noteOf(one);
  // Who looks for a mentor has no places to give.
  const mentoring = one.role === "MENTOR";
  return h(
    "li",
    { class: "mg__card", key: one.id },
    h("strong", null, title),
    note ? h("p", { class: "mg__quiet" }, words.say(note)) : null,
    panel.isOpen("leave", one.id)
      ? leave(panel, one)
      : one.state === "APPROVED"
        ? h(
            "form",
            {
              class: "mg__row",
              onsubmit: (/** @type {SubmitEvent} */ event) => {
                event.preventDefault();
                const form = new FormData(
                  /** @type {HTMLFormElement} */ (event.target)
                );
                panel.act(() =>
                  board.change({
                    id: one.id,
                    capacity: Number(form.get("capacity")),
                  })
                );
              },
            },
            mentoring &&
              h(
                "p",
                { class: "mg__field mg__field--short" },
                h("label", { for: id }, words.say("parts.capacity")),
                h("input", {
                  id,
                  name: "capacity",
                  type: "number",
                  min: 0,
                  max: 50,
                  value: one.capacity,
                  required: true,
                })
              ),
            mentoring &&
              h(
                "button",
                { class: "mg__button", disabled: panel.busy },
                words.say("parts.save")
              ),
            button(
              panel,
              words.say(one.paused ? "parts.resume" : "parts.pause"),
              {
                about: title,
                act: () =>
                  panel.act(() =>
                    board.change({ id: one.id, paused: !one.paused })
                  ),
              }
            ),
            button(panel, words.say("parts.leave"), {
              about: title,
              kind: "plain",
              act: () => panel.open("leave", one.id),
            })
          )
        : null
  );
}
