// @ts-check

import { VIEWER_CHANGED } from "./documents.js";

/** Milliseconds between looks when nothing can be followed. */
const POLL = 20000;
/** Milliseconds after which a connection that did not come about is given up. */
const OPEN_WITHIN = 5000;
const LONGEST_WAIT = 60000;

/**
 * Follows everything that is the viewer's: over a WebSocket (graphql-transport-ws) where one comes about, else by looking again every twenty seconds while the
 * page is seen.
 */
export class Live {
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #tries = 0;
  #stopped = true;
  /** @type {string | null} */
  #mark = null;

  /**
   * @param {import("./session.js").Session} session
   * @param {() => void} changed
   */
  constructor(session, changed) {
    this.session = session;
    this.changed = changed;
  }

  start() {
    if (this.#stopped) {
      this.#stopped = false;
      void this.#open();
    }
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#socket?.close(1000);
    this.#socket = null;
  }

  async #open() {
    const token = await this.session.token();
    if (this.#stopped) {
      return;
    }
    if (!token.ok || typeof WebSocket === "undefined") {
      this.#later();
      return;
    }
    let socket;
    try {
      socket = new WebSocket(
        `${this.session.service.replace(/^http/, "ws")}/graphql`,
        "graphql-transport-ws"
      );
    } catch {
      this.#later();
      return;
    }
    this.#socket = socket;
    const given = setTimeout(() => socket.close(), OPEN_WITHIN);
    socket.onopen = () =>
      socket.send(
        JSON.stringify({
          type: "connection_init",
          payload: { authorization: token.value },
        })
      );
    socket.onmessage = (event) => {
      clearTimeout(given);
      this.#heard(socket, JSON.parse(String(event.data)));
    };
    socket.onclose = () => {
      clearTimeout(given);
      if (this.#socket === socket && !this.#stopped) {
        this.#socket = null;
        this.#later();
      }
    };
  }

  /**
   * @param {WebSocket} socket
   * @param {any} message
   */
  #heard(socket, message) {
    if (message.type === "connection_ack") {
      socket.send(
        JSON.stringify({
          id: "1",
          type: "subscribe",
          payload: { query: VIEWER_CHANGED },
        })
      );
    } else if (message.type === "ping") {
      socket.send(JSON.stringify({ type: "pong" }));
    } else if (message.type === "next") {
      this.#tries = 0;
      const mark = message.payload?.data?.viewerChanged?.mark;
      if (mark === undefined) {
        socket.close();
        return;
      }
      const news = mark !== this.#mark;
      this.#mark = mark;
      // The first word as well: something may have changed between the first answer and now.
      if (news) {
        this.changed();
      }
    } else if (message.type === "error" || message.type === "complete") {
      // The token came to its end; the next connection brings another.
      socket.close();
    }
  }

  #later() {
    this.#tries += 1;
    const wait = Math.min(POLL * 2 ** (this.#tries - 1), LONGEST_WAIT);
    this.#timer = setTimeout(() => {
      if (document.visibilityState !== "hidden") {
        this.changed();
      }
      void this.#open();
    }, wait);
  }
}
