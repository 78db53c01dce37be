// @ts-check

import { failed, post } from "./transport.js";

/**
 * @typedef {Record<string, string>} Proof what the host says of who is signed in, signed
 * @typedef {import("./transport.js").Problem} Problem
 * @typedef {{ ok: true, value: Proof } | { ok: false, problem: Problem }} Proven
 * @typedef {(parameters: Proof) => Promise<Proven>} Prove asks the host's own page who is signed in
 */

/** Milliseconds before its end at which a token is replaced. */
const EARLY = 60000;

/** A random text of 64 unreserved characters (RFC 7636 section 4.1). */
function newVerifier() {
  const bytes = crypto.getRandomValues(new Uint8Array(48));
  return base64url(bytes);
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}

/** @param {string} verifier */
async function challengeOf(verifier) {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(verifier)
  );
  return base64url(new Uint8Array(digest));
}

/**
 * Who the member is, proven by the host's page and exchanged for a token that lives in this object and nowhere else:
 * no cookie, no storage.
 */
export class Session {
  /** @type {string} */
  #token = "";
  #endsAt = 0;
  /** Whether the token came by a window, which only a click can open. */
  #byWindow = false;
  /** @type {Promise<import("./transport.js").Outcome<string>> | null} */
  #signingIn = null;

  /**
   * @param {{ service: string, installation: string, prove: Prove, popup?: boolean }} options
   */
  constructor({ service, installation, prove, popup = false }) {
    this.service = service.replace(/\/+$/, "");
    this.installation = installation;
    this.prove = prove;
    this.popup = popup;
  }

  /**
   * A token that is good for a minute at least.
   *
   * @returns {Promise<import("./transport.js").Outcome<string>>}
   */
  async token() {
    if (this.#token && Date.now() < this.#endsAt - EARLY) {
      return { ok: true, value: this.#token };
    }
    this.#signingIn ??= this.#signIn().finally(() => {
      this.#signingIn = null;
    });
    return this.#signingIn;
  }

  /** Let the token go; the next call signs in again. */
  forget() {
    this.#token = "";
    this.#endsAt = 0;
  }

  /** Let the token go, and that it came by a window. */
  begin() {
    this.forget();
    this.#byWindow = false;
  }

  async #signIn() {
    if (!globalThis.crypto?.subtle) {
      return failed("not-set-up");
    }
    const verifier = newVerifier();
    const started = await post(this.#address("start"), {
      code_challenge: await challengeOf(verifier),
      ...(this.popup ? { popup: "yes" } : {}),
    });
    if (!started.ok) {
      return started;
    }
    const proof = await this.prove(started.value);
    if (!proof.ok) {
      const { code } = proof.problem;
      const over = code === "signed-out" || code === "unproven";
      return this.#byWindow && over ? failed("ended") : proof;
    }
    const done = await post(this.#address("exchange"), {
      ...proof.value,
      code_verifier: verifier,
    });
    if (!done.ok) {
      return done;
    }
    this.#byWindow = this.popup;
    this.#token = String(done.value.access_token);
    this.#endsAt = Date.now() + Number(done.value.expires_in) * 1000;
    return /** @type {const} */ ({ ok: true, value: this.#token });
  }

  /** @param {string} step */
  #address(step) {
    return `${this.service}/auth/${encodeURIComponent(this.installation)}/${step}`;
  }

  /**
   * Send a trusted document. A token that the service no longer knows is replaced once.
   *
   * @param {string} documentId
   * @param {object} [variables]
   * @returns {Promise<import("./transport.js").Outcome<any>>}
   */
  async ask(documentId, variables = {}) {
    for (const last of [false, true]) {
      const token = await this.token();
      if (!token.ok) {
        return token;
      }
      const answer = await post(
        `${this.service}/graphql`,
        { documentId, variables },
        { token: token.value }
      );
      if (!answer.ok && answer.problem.code === "expired" && !last) {
        this.forget();
        continue;
      }
      if (answer.ok && !answer.value.data) {
        return failed("broken", answer.value.errors?.[0]?.message);
      }
      return answer.ok ? { ok: true, value: answer.value.data } : answer;
    }
    return failed("expired");
  }
}
