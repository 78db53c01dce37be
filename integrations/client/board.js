// @ts-check

import {
  ACCEPT,
  ANSWER_INVITATION,
  ANSWER_SESSION,
  ANSWER_SURVEY,
  CHANGE_ENROLMENT,
  CONSENT,
  DECLINE,
  DISMISS,
  END,
  ENROL,
  HOME,
  LEAVE_PROGRAM,
  MEMBER,
  PROPOSE_SESSION,
  REPORT_SESSION,
  REQUEST,
  SET_NEED,
  WITHDRAW,
} from "./documents.js";
import { Live } from "./live.js";
import { picture } from "./picture.js";
import { windowHelps } from "./problems.js";
import { popupProof } from "./proofs.js";

/**
 * @typedef {import("./transport.js").Problem} Problem
 * @typedef {import("./picture.js").Picture} Picture
 * @typedef {{ key: string, values?: Record<string, unknown> }} Line a text of the catalogues with what goes into it
 * @typedef {object} State what is to be shown
 * @property {"idle" | "loading" | "ready" | "failed"} phase
 * @property {boolean} late whether the first answer takes longer than usual
 * @property {Picture | null} picture
 * @property {Problem | null} problem
 * @property {Line | null} said what has just been done, for the status line
 * @typedef {{ code: string, message: string, field: string | null }} UserError
 * @typedef {{ ok: boolean, errors: UserError[] }} Done
 */

/** Milliseconds after which one says that it takes longer. */
const LATE = 4000;
/** Suggestions that are asked for. */
const FIRST = 12;

/** What a member sees and does, without a way to draw it. */
export class Board {
  /** @type {State} */
  state = {
    phase: "idle",
    late: false,
    picture: null,
    problem: null,
    said: null,
  };
  /** @type {Set<(state: State) => void>} */
  #watchers = new Set();
  /** @type {Live} */
  #live;
  #asking = 0;
  /** @type {Promise<void>} */
  #newest = Promise.resolve();

  /** @param {import("./session.js").Session} session */
  constructor(session) {
    this.session = session;
    this.#live = new Live(session, () => void this.refresh());
  }

  /**
   * @param {(state: State) => void} watcher
   * @returns {() => void} ends it
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    watcher(this.state);
    return () => {
      this.#watchers.delete(watcher);
      if (!this.#watchers.size) {
        this.#live.stop();
      }
    };
  }

  /** @param {Partial<State>} changes */
  #set(changes) {
    this.state = { ...this.state, ...changes };
    for (const watcher of this.#watchers) {
      watcher(this.state);
    }
  }

  /** Sign in, load, and follow; once, whoever asks. */
  start() {
    if (this.state.phase === "idle") {
      void this.refresh();
    } else if (this.state.phase === "ready") {
      this.#live.start();
    }
  }

  /** Ask for everything again; what is shown stays until the newest answer is there. */
  refresh() {
    this.#newest = this.#load(++this.#asking);
    return this.#newest;
  }

  /**
   * @param {number} mine
   * @returns {Promise<void>}
   */
  async #load(mine) {
    if (this.state.phase !== "ready") {
      this.#set({ phase: "loading", late: false, problem: null });
    }
    const slow = setTimeout(() => this.#set({ late: true }), LATE);
    const answer = await this.session.ask(HOME, { first: FIRST });
    clearTimeout(slow);
    if (mine !== this.#asking) {
      return this.#newest;
    }
    if (answer.ok && answer.value.viewer) {
      const found = picture(answer.value, Date.now());
      this.#set({ phase: "ready", late: false, picture: found, problem: null });
      if (this.#watchers.size) {
        this.#live.start();
      }
      return;
    }
    const problem = /** @type {Problem} */ (
      answer.ok ? { code: "not-a-member" } : answer.problem
    );
    if (problem.code === "signed-out" || problem.code === "not-a-member") {
      // Nothing that was a member's stays on the page after they have left.
      this.#live.stop();
      this.#set({ picture: null, phase: "failed", late: false, problem });
      return;
    }
    const phase = this.state.picture ? "ready" : "failed";
    this.#set({ phase, late: false, problem });
  }

  /**
   * Sign in by a window of the host, this once: what the page can find out by itself, it finds out by itself again afterwards.
   *
   * @param {Window | null} opened opened in the click itself, else browsers keep it back
   */
  async signIn(opened) {
    const { session } = this;
    const { prove, popup } = session;
    session.begin();
    session.popup = true;
    session.prove = popupProof(opened, session.service);
    await this.refresh();
    session.prove = prove;
    session.popup = popup;
    // Where it came to nothing before the host was asked, an empty window would be left.
    opened?.close();
  }

  /**
   * Send a change; what came of it is there when this returns. What went wrong is said by the form or the row of buttons that sent it.
   *
   * @param {string} documentId
   * @param {object} variables
   * @param {Line | null} said
   * @returns {Promise<Done>}
   */
  async #change(documentId, variables, said) {
    this.#set({ said: null, problem: null });
    const answer = await this.session.ask(documentId, variables);
    if (!answer.ok) {
      const { problem } = answer;
      // Said once: where it was sent, or by the panel where signing in helps, which it has the button for.
      if (windowHelps(problem)) {
        this.#set({ problem });
        return { ok: false, errors: [] };
      }
      const error = { code: problem.code, message: "", field: null };
      return { ok: false, errors: [error] };
    }
    const payloads = Object.values(answer.value);
    const errors = payloads.flatMap((one) => one?.userErrors ?? []);
    if (!errors.length) {
      await this.refresh();
      this.#set({ said });
    }
    return { ok: !errors.length, errors };
  }

  /**
   * @param {{ program: string, mentor: string, name: string, goal: string, note: string }} asked
   */
  ask({ program, mentor, name, goal, note }) {
    const input = { program, mentors: [mentor], goal, note };
    return this.#change(REQUEST, { input }, line("said.asked", { name }));
  }

  /** @param {{ id: string, name: string, message: string }} answer */
  accept({ id, name, message }) {
    const input = { id, message };
    return this.#change(ACCEPT, { input }, line("said.accepted", { name }));
  }

  /** @param {{ id: string, name: string, reason: string, message: string }} answer */
  decline({ id, name, reason, message }) {
    const input = { id, reason, message };
    return this.#change(DECLINE, { input }, line("said.declined", { name }));
  }

  /** @param {{ id: string }} request */
  withdraw({ id }) {
    return this.#change(WITHDRAW, { input: { id } }, line("said.withdrawn"));
  }

  /** @param {{ id: string, name: string }} suggestion */
  dismiss({ id, name }) {
    return this.#change(
      DISMISS,
      { input: { id } },
      line("said.dismissed", { name })
    );
  }

  /** @param {{ text: string }} need */
  stateNeed({ text }) {
    return this.#change(SET_NEED, { input: { text } }, line("said.need"));
  }

  /**
   * @param {{ program: string, role: string, capacity?: number }} part
   * @param {import("./ages.js").Age} age
   * @param {boolean} [messages] whether the viewer wants messages from now on
   */
  async enrol(part, age, messages = false) {
    await this.#agree(messages);
    const done = await this.#change(
      ENROL,
      { input: { ...part, ...age } },
      null
    );
    return this.#joined(done, part);
  }

  /**
   * Say of who has just joined whether somebody looks at it first.
   *
   * @param {Done} done
   * @param {{ program: string, role: string }} part
   */
  #joined(done, { program, role }) {
    if (done.ok) {
      const waits = this.state.picture?.parts.some(
        (one) =>
          one.program.id === program &&
          one.role === role &&
          one.state === "APPLIED"
      );
      this.#set({ said: line(waits ? "said.applied" : "said.enrolled") });
    }
    return done;
  }

  /** @param {{ id: string, capacity?: number, paused?: boolean }} change */
  change(change) {
    return this.#change(
      CHANGE_ENROLMENT,
      { input: change },
      line("said.changed")
    );
  }

  /** @param {{ id: string }} part */
  leave({ id }) {
    return this.#change(LEAVE_PROGRAM, { input: { id } }, line("said.left"));
  }

  /** @param {{ id: string, reason: string }} mentorship */
  end({ id, reason }) {
    return this.#change(END, { input: { id, reason } }, line("said.ended"));
  }

  /**
   * @param {import("./programs.js").Invited} invited
   * @param {import("./ages.js").Age} age
   * @param {boolean} messages whether the viewer wants messages from now on
   */
  async acceptInvitation({ id, role, program }, age, messages) {
    await this.#agree(messages);
    const input = { id, accept: true, ...age };
    const done = await this.#change(ANSWER_INVITATION, { input }, null);
    return this.#joined(done, { program: program.id, role });
  }

  /** @param {{ id: string }} invited */
  declineInvitation({ id }) {
    return this.#change(
      ANSWER_INVITATION,
      { input: { id, accept: false } },
      line("said.invitation_declined")
    );
  }

  /**
   * @param {{ mentorship: string, times: string[], minutes: number, topic: string, place: string }} session
   */
  propose(session) {
    return this.#change(
      PROPOSE_SESSION,
      { input: session },
      line("said.proposed")
    );
  }

  /** @param {{ id: string, times: string[] }} answer */
  answerSession({ id, times }) {
    const said = line(times.length ? "said.agreed" : "said.no_time_fits");
    return this.#change(ANSWER_SESSION, { input: { id, times } }, said);
  }

  /** @param {{ id: string, held: boolean }} report */
  report({ id, held }) {
    return this.#change(
      REPORT_SESSION,
      { input: { id, held } },
      line("said.reported")
    );
  }

  /** @param {{ id: string, answers: Map<string, unknown>, named: boolean }} sheet */
  feedback({ id, answers, named }) {
    const given = [...answers].map(([question, value]) => ({
      question,
      value,
    }));
    const input = { survey: id, answers: given, named };
    return this.#change(ANSWER_SURVEY, { input }, line("said.feedback"));
  }

  /** @param {{ messages?: boolean, suggested?: boolean }} wishes */
  consent(wishes) {
    return this.#change(CONSENT, consents(wishes), line("said.changed"));
  }

  /** @param {boolean} messages */
  async #agree(messages) {
    if (messages) {
      await this.session.ask(CONSENT, consents({ messages }));
    }
  }

  /**
   * How the viewer stands with another member of the host.
   *
   * @param {string} hostUserId
   * @returns {Promise<any>} null when there is none, or when it cannot be said now
   */
  async member(hostUserId) {
    const answer = await this.session.ask(MEMBER, { hostUserId });
    return answer.ok ? answer.value.member : null;
  }
}

/** @param {{ messages?: boolean, suggested?: boolean }} wishes */
function consents({ messages, suggested }) {
  return {
    joinMessages: messages === true,
    leaveMessages: messages === false,
    joinSuggestions: suggested === true,
    leaveSuggestions: suggested === false,
  };
}

/**
 * @param {string} key
 * @param {Record<string, unknown>} [values]
 * @returns {Line}
 */
function line(key, values) {
  return { key, values };
}
