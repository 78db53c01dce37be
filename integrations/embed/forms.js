// @ts-check

import { ENDS, MINUTES, REASONS } from "../client/picture.js";
import { answersIn, choicesOf, isChoice, unfold } from "../client/survey.js";
import { h } from "./dom.js";

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
function form(panel, send, act, ...fields) {
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
    error(panel),
    h(
      "div",
      { class: "mg__acts" },
      h(
        "button",
        { class: "mg__button mg__button--first", disabled: panel.busy },
        send
      ),
      h(
        "button",
        {
          type: "button",
          class: "mg__button mg__button--plain",
          disabled: panel.busy,
          onclick: () => panel.close(),
        },
        panel.words.say("cancel")
      )
    )
  );
}

/** @param {Panel} panel */
function error(panel) {
  return panel.error
    ? h("p", { class: "mg__error", role: "alert" }, panel.error)
    : null;
}

/**
 * @param {string} id
 * @param {string} label
 * @param {HTMLElement} control
 * @param {string | null} [hint]
 */
function field(id, label, control, hint) {
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
function choice(panel, name, prefix, words) {
  return h(
    "select",
    { name },
    words.map((word) =>
      h("option", { value: word }, panel.words.say(`${prefix}.${word}`))
    )
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Suggested} one
 */
export function ask(panel, one) {
  const { words, board } = panel;
  const several = one.programs.length > 1;
  return form(
    panel,
    words.say("request.send"),
    ({ goal, note, program }) =>
      board.ask({
        program: program ?? one.programs[0].id,
        mentor: one.person.id,
        name: one.name,
        goal,
        note,
      }),
    field(
      "goal",
      words.say("request.goal"),
      h("input", {
        name: "goal",
        required: true,
        minlength: 3,
        maxlength: 500,
        autocomplete: "off",
      }),
      words.say("request.goal_hint")
    ),
    field(
      "note",
      words.say("request.note"),
      h("textarea", { name: "note", maxlength: 1000 })
    ),
    several
      ? field(
          "program",
          words.say("request.program"),
          h(
            "select",
            { name: "program" },
            one.programs.map((program) =>
              h("option", { value: program.id }, program.name)
            )
          )
        )
      : null,
    h(
      "p",
      { class: "mg__quiet" },
      words.say("request.hint", { name: one.name })
    )
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Waiting} one
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
 * @param {import("../client/picture.js").Waiting} one
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

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Pair} one
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

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Part} one
 */
export function leave(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("parts.leave"),
    () => board.leave(one),
    h("p", { class: "mg__quiet" }, words.say("parts.leave_hint"))
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Joinable} one
 */
export function join(panel, one) {
  const { words, board } = panel;
  const role = panel.isOpen("join-MENTOR", one.id) ? "MENTOR" : "MENTEE";
  return form(
    panel,
    words.say("join.send"),
    ({ capacity, adult, messages }) =>
      board.enrol(
        {
          program: one.id,
          role,
          adult: adult === "yes",
          ...(capacity ? { capacity: Number(capacity) } : {}),
        },
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
    conduct(panel, one.conduct),
    check("adult", words.say("join.adult"), true),
    wantsMessages(panel)
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Pair} one
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

/**
 * @param {Panel} panel
 * @param {import("../client/picture.js").Invited} one
 */
export function acceptInvitation(panel, one) {
  const { words, board } = panel;
  return form(
    panel,
    words.say("invited.accept"),
    ({ adult, messages }) =>
      board.answerInvitation({
        id: one.id,
        role: one.role,
        accept: true,
        adult: adult === "yes",
        messages: messages === "yes",
      }),
    conduct(panel, one.conduct),
    check("adult", words.say("join.adult"), true),
    wantsMessages(panel)
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

/**
 * @param {string} name
 * @param {string} text
 * @param {boolean} [required]
 */
function check(name, text, required = false) {
  return h(
    "label",
    { class: "mg__check" },
    h("input", { type: "checkbox", name, value: "yes", required }),
    text
  );
}

/**
 * @param {Panel} panel
 * @param {import("../client/survey.js").Survey} one
 */
export function feedback(panel, one) {
  const { words, board } = panel;
  const made = form(
    panel,
    words.say("feedback.send"),
    ({ named }, given) =>
      board.feedback({
        id: one.id,
        answers: answersIn(given, one.questions),
        named: named === "yes",
      }),
    ...one.questions.map((question, at) => asked(panel, question, `q${at}`)),
    check("named", words.say("feedback.named"))
  );
  const target = /** @type {HTMLFormElement} */ (made);
  target.oninput = ({ currentTarget }) =>
    unfold(/** @type {HTMLFormElement} */ (currentTarget), one.questions);
  unfold(target, one.questions);
  return made;
}

/**
 * A question with its field, in a fieldset that can be left out.
 *
 * @param {Panel} panel
 * @param {import("../client/survey.js").Question} question
 * @param {string} id
 */
function asked(panel, question, id) {
  const { words } = panel;
  const { key, kind, label, help, required, lowLabel, highLabel } = question;
  const given = { class: "mg__question", key: id, "data-question": key };
  const text = required ? `${label} ${words.say("feedback.required")}` : label;
  if (!isChoice(question)) {
    const long = kind === "LONG_TEXT";
    const type = { NUMBER: "number", DATE: "date" }[kind] ?? "text";
    return h(
      "fieldset",
      given,
      field(
        id,
        text,
        h(long ? "textarea" : "input", {
          name: key,
          required,
          maxlength: long ? 4000 : 200,
          ...(long ? {} : { type, step: type === "number" ? "any" : null }),
        }),
        help
      )
    );
  }
  const several = kind === "MULTIPLE_CHOICE";
  const scale = kind === "SCALE";
  const yes = words.say("feedback.answer_yes");
  return h(
    "fieldset",
    given,
    h("legend", null, text),
    help || several
      ? h("p", { class: "mg__quiet" }, help || words.say("feedback.pick_any"))
      : null,
    h(
      "div",
      { class: scale ? "mg__choices mg__choices--scale" : "mg__choices" },
      choicesOf(question, { yes, no: words.say("feedback.answer_no") }).map(
        (option) =>
          h(
            "label",
            { class: "mg__choice" },
            h("input", {
              type: several ? "checkbox" : "radio",
              name: key,
              value: option.key,
              required: required && !several,
            }),
            option.label
          )
      )
    ),
    scale && (lowLabel || highLabel)
      ? h(
          "p",
          { class: "mg__ends mg__quiet" },
          h("span", null, lowLabel),
          h("span", null, highLabel)
        )
      : null
  );
}

/** @param {Panel} panel */
export function need(panel) {
  const { words, board } = panel;
  return h(
    "form",
    {
      class: "mg__form mg__form--bare",
      onsubmit: async (/** @type {SubmitEvent} */ event) => {
        event.preventDefault();
        const target = /** @type {HTMLFormElement} */ (event.target);
        const text = String(new FormData(target).get("need"));
        if (await panel.act(() => board.stateNeed({ text }), "need")) {
          target.reset();
        }
      },
    },
    h(
      "div",
      { class: "mg__row" },
      field(
        "need",
        words.say("need.label"),
        h("input", {
          name: "need",
          required: true,
          minlength: 3,
          maxlength: 500,
          autocomplete: "off",
        })
      ),
      h(
        "button",
        { class: "mg__button", disabled: panel.busy },
        words.say("need.send")
      )
    ),
    panel.errorOf === "need" ? error(panel) : null
  );
}
