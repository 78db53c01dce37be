// @ts-check

import { Board } from "../client/board.js";
import { canTryAgain, errorText, windowHelps } from "../client/problems.js";
import { discourseProof, openWindow } from "../client/proofs.js";
import { Session } from "../client/session.js";
import { failed } from "../client/transport.js";
import { CATALOGUES, STYLE } from "./assets.js";
import { h, lay } from "./dom.js";
import { everything } from "./draw.js";
import { Words } from "./words.js";

/**
 * @typedef {import("../client/board.js").State} State
 * @typedef {import("../client/board.js").Done} Done
 * @typedef {import("../client/people.js").Person} Person
 */

/** Where this file came from is where the service is, unless the page says otherwise. */
const ORIGIN = new URL(import.meta.url).origin;
const PAGES = {
  discourse: {
    profile: (/** @type {Person} */ person) =>
      `/u/${encodeURIComponent(person.username)}`,
    message: (/** @type {Person} */ person) =>
      `/new-message?username=${encodeURIComponent(person.username)}`,
  },
};

/**
 * `<mentorship-suggestions installation="1">`: what the theme component shows inside Discourse, on any page.
 *
 * Attributes: `installation`; `service` (where the script came from); `locale` (the page's language); `theme` (`light` or `dark`; the reader's);
 * `proof` (`discourse` on the pages of a forum, else `popup`); `base` (the path that the forum lives under).
 */
export class Panel extends HTMLElement {
  static observedAttributes = ["locale", "theme"];

  all = false;
  busy = false;
  error = "";
  errorOf = "";
  popup = false;
  words = new Words(CATALOGUES, "en");
  /** @type {Board} made when the element comes into a page */
  board = /** @type {any} */ (null);
  #root = this.attachShadow({ mode: "open" });
  /** @type {(() => void) | null} */
  #unwatch = null;
  /** @type {IntersectionObserver | null} */
  #seen = null;
  #opened = "";
  /** @type {State} */
  #state = {
    phase: "idle",
    late: false,
    picture: null,
    problem: null,
    said: null,
  };

  attributeChangedCallback() {
    if (this.#unwatch) {
      this.#speak();
      this.#draw();
    }
  }

  connectedCallback() {
    this.#speak();
    this.popup = this.getAttribute("proof") === "popup";
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.board ??= new Board(this.#session());
    this.#unwatch = this.board.watch((state) => {
      this.#state = state;
      this.#draw();
    });
    // Nobody is signed in for a panel that nobody sees.
    this.#seen = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) {
        this.#seen?.disconnect();
        this.board.start();
      }
    });
    this.#seen.observe(this);
  }

  #speak() {
    this.words = new Words(
      CATALOGUES,
      this.getAttribute("locale") ||
        document.documentElement.lang ||
        navigator.language
    );
  }

  disconnectedCallback() {
    this.#seen?.disconnect();
    this.#unwatch?.();
  }

  #session() {
    const service = this.getAttribute("service") || ORIGIN;
    /** @type {import("../client/session.js").Prove} */
    const prove = this.popup
      ? async () => failed("signed-out")
      : (parameters) =>
          discourseProof(parameters, { base: this.getAttribute("base") ?? "" });
    return new Session({
      service,
      installation: this.getAttribute("installation") ?? "",
      prove,
      popup: this.popup,
    });
  }

  /** Sign in by a window of the host; called by a click, else browsers keep the window back. */
  signIn() {
    this.error = "";
    return this.board.signIn(openWindow());
  }

  /** @param {Person} person */
  profileOf(person) {
    const place = this.#host()?.profile(person);
    return place ? this.#state.picture?.url + place : null;
  }

  /** @param {Person} person */
  messageTo(person) {
    const place = this.#host()?.message(person);
    return place ? this.#state.picture?.url + place : null;
  }

  #host() {
    return PAGES[
      /** @type {keyof typeof PAGES} */ (this.#state.picture?.host ?? "")
    ];
  }

  /**
   * @param {string} kind
   * @param {string} id
   */
  isOpen(kind, id) {
    return this.#opened === `${kind} ${id}`;
  }

  /**
   * Open a form in its card and go there.
   *
   * @param {string} kind
   * @param {string} id
   */
  open(kind, id) {
    this.#opened = `${kind} ${id}`;
    this.error = "";
    this.#draw();
    const first = this.#root.querySelector(
      ".mg__form:not(.mg__form--bare) :is(input, textarea, select, button)"
    );
    /** @type {HTMLElement | null} */ (first)?.focus();
  }

  close() {
    const card = this.#root
      .querySelector(".mg__form:not(.mg__form--bare)")
      ?.closest(".mg__card");
    this.#opened = "";
    this.error = "";
    this.#draw();
    /** @type {HTMLElement | null} */ (
      card?.querySelector(".mg__acts .mg__button")
    )?.focus();
  }

  showAll() {
    this.all = true;
    this.#draw();
  }

  /**
   * Do something that the service has to agree to; the form closes when it has.
   *
   * @param {() => Promise<Done>} act
   * @param {string} [of] where it is said what went wrong; the form that is open, if nothing else
   */
  async act(act, of = "") {
    if (this.busy) {
      return false;
    }
    this.busy = true;
    this.error = "";
    this.#draw();
    const done = await act();
    this.busy = false;
    this.errorOf = of;
    this.error = errorText(done.errors, (key) => this.words.say(key));
    if (done.ok) {
      this.#opened = "";
    }
    this.#draw();
    if (done.ok) {
      // What had the focus is gone or means something else now.
      /** @type {HTMLElement | null} */ (
        this.#root.querySelector(".mg__said")
      )?.focus();
    }
    return done.ok;
  }

  #draw() {
    const { words } = this;
    const { picture, said, problem, phase, late } = this.#state;
    const dark = this.getAttribute("theme");
    const body = h(
      "section",
      {
        class: dark ? `mg mg--alone mg--${dark}` : "mg mg--alone",
        "aria-labelledby": "title",
        "aria-busy": String(this.busy || phase === "loading"),
        lang: words.language,
      },
      h(
        "div",
        { class: "mg__head" },
        h("h2", { class: "mg__title", id: "title" }, words.say("heading")),
        picture ? h("p", { class: "mg__quiet" }, words.say("private")) : null
      ),
      h(
        "p",
        { class: "mg__said", role: "status", tabindex: -1 },
        said ? words.say(said.key, said.values) : ""
      ),
      problem ? this.#trouble(problem) : null,
      picture
        ? everything(this, picture)
        : phase === "failed"
          ? null
          : this.#waiting(late)
    );
    lay(this.#root, [body]);
  }

  /** @param {boolean} late */
  #waiting(late) {
    return h(
      "div",
      { class: "mg__bones", key: "waiting" },
      h(
        "p",
        { class: "mg__quiet", role: "status" },
        this.words.say(late ? "late" : "loading")
      ),
      h("div", { class: "mg__bone", "aria-hidden": "true" }),
      h("div", { class: "mg__bone", "aria-hidden": "true" })
    );
  }

  /** @param {import("../client/transport.js").Problem} problem */
  #trouble(problem) {
    const { words } = this;
    // On the host's own pages its own sign-in is at hand.
    const signIn =
      windowHelps(problem) && (this.popup || problem.code !== "signed-out");
    return h(
      "div",
      { class: "mg__problem", key: "problem", role: "alert" },
      h(
        "p",
        null,
        words.say(`problems.${problem.code}`),
        signIn
          ? h(
              "span",
              { class: "mg__quiet mg__under" },
              words.say("sign_in.hint")
            )
          : null
      ),
      signIn
        ? h(
            "button",
            {
              type: "button",
              class: "mg__button mg__button--first",
              onclick: () => this.signIn(),
            },
            words.say("sign_in.button")
          )
        : canTryAgain(problem)
          ? h(
              "button",
              {
                type: "button",
                class: "mg__button",
                onclick: () => this.board.refresh(),
              },
              words.say("retry")
            )
          : null
    );
  }
}

if (!customElements.get("mentorship-suggestions")) {
  customElements.define("mentorship-suggestions", Panel);
}
