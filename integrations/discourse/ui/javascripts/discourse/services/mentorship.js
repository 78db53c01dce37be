// @ts-check
import { tracked } from "@glimmer/tracking";
import Service, { service } from "@ember/service";
import { ajax } from "discourse/lib/ajax";
import getURL from "discourse/lib/get-url";
import { Board } from "../lib/mentorgraph/board";
import { discourseProof } from "../lib/mentorgraph/proofs";
import { Session } from "../lib/mentorgraph/session";

/** @typedef {import("../lib/mentorgraph/board").State} State */

/** Milliseconds that a busy page may keep us waiting. */
const SOON = 200;

/** What the member sees and does, for every place of the forum at once. */
export default class MentorshipService extends Service {
  @service currentUser;

  /** @type {State} */
  @tracked state;

  board = new Board(
    new Session({
      service: settings.service_url,
      installation: settings.installation,
      prove: (parameters) =>
        discourseProof(parameters, {
          base: getURL(""),
          ask: (path, data) => ajax(path, { data, ignoreUnsent: false }),
        }),
    })
  );

  /** @param {any} owner */
  constructor(owner) {
    super(owner);
    this.state = this.board.state;
    this.forget = this.board.watch((state) => (this.state = state));
  }

  willDestroy() {
    super.willDestroy();
    this.forget();
  }

  /** Sign in and load, when the page has nothing better to do: for a count that nobody waits for. */
  start() {
    const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work));
    idle(() => this.board.start(), { timeout: SOON });
  }

  /** Sign in and load for a panel that is looked at; what is drawn now is drawn first. */
  startNow() {
    queueMicrotask(() => this.board.start());
  }

  get picture() {
    return this.state.picture;
  }

  get count() {
    return this.picture?.count ?? 0;
  }

  /** The member's own page, which shows everything. */
  get place() {
    return getURL(`/u/${this.currentUser?.username}/summary`);
  }
}
