// @ts-check

import { failed, PATIENCE } from "./transport.js";

/**
 * @typedef {import("./session.js").Proof} Proof
 * @typedef {import("./session.js").Proven} Proven
 */

/**
 * What a forum that runs Discourse says on its own origin of who is signed in. The page is the forum's, so the forum's own first-party cookie goes along and
 * none of ours is needed.
 *
 * @param {Proof} parameters
 * @param {{ base?: string, ask?: (path: string, parameters: Proof) => Promise<any> }} [forum]
 *   `base` is the path under which the forum lives; `ask` its own way of asking
 * @returns {Promise<Proven>}
 */
export async function discourseProof(parameters, forum = {}) {
  const path = `${forum.base ?? ""}/session/sso_provider`;
  const ask = forum.ask ?? askAsPage;
  let answer = null;
  try {
    answer = await ask(path, parameters);
  } catch {
    answer = null;
  }
  forgetDestination();
  if (answer?.redirect_url) {
    return proofIn(answer.redirect_url);
  }
  return redirectedProof(path, parameters);
}

/**
 * @param {string} path
 * @param {Proof} parameters
 */
async function askAsPage(path, parameters) {
  const response = await fetch(`${path}?${new URLSearchParams(parameters)}`, {
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "X-Requested-With": "XMLHttpRequest",
    },
    signal: AbortSignal.timeout(PATIENCE),
  });
  return response.ok ? response.json() : null;
}

/**
 * Older forums redirect every request; following it leads to the service's callback, which hands the answer back to a page of this origin only.
 *
 * @param {string} path
 * @param {Proof} parameters
 * @returns {Promise<Proven>}
 */
async function redirectedProof(path, parameters) {
  try {
    const response = await fetch(`${path}?${new URLSearchParams(parameters)}`, {
      credentials: "same-origin",
      referrerPolicy: "no-referrer",
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer = await response.json().catch(() => null);
    if (!answer) {
      return failed("not-set-up");
    }
    return answer.sso && answer.sig
      ? { ok: true, value: { sso: answer.sso, sig: answer.sig } }
      : failed("signed-out");
  } catch {
    // Something between the forum and us lets no script ask; a window of its own still can.
    return failed("unproven");
  } finally {
    forgetDestination();
  }
}

/**
 * @param {string} address
 * @returns {Proven}
 */
function proofIn(address) {
  const said = new URL(address, location.href).searchParams;
  const sso = said.get("sso");
  const sig = said.get("sig");
  return sso && sig ? { ok: true, value: { sso, sig } } : failed("signed-out");
}

/** The forum keeps where it would have gone, and its login page would go there later. */
function forgetDestination() {
  document.cookie = "sso_destination_url=; path=/; max-age=0";
}

/**
 * A window of the host, opened by a click, that says who is signed in and closes. The answer is taken from the service's own origin only, and from that window
 * only.
 *
 * @param {Window | null} opened opened in the click itself, else browsers keep it back
 * @param {string} service
 * @returns {(parameters: Proof) => Promise<Proven>}
 */
export function popupProof(opened, service) {
  return (parameters) =>
    new Promise((resolve) => {
      if (!opened || !parameters.url) {
        resolve(failed(opened ? "signed-out" : "window-blocked"));
        return;
      }
      const origin = new URL(service).origin;
      /** @param {Proven} proven */
      const done = (proven) => {
        clearInterval(watch);
        removeEventListener("message", heard);
        resolve(proven);
      };
      /** @param {MessageEvent} event */
      const heard = (event) => {
        const said = event.data?.mentorgraph;
        if (event.origin === origin && event.source === opened && said) {
          opened.close();
          done(
            said.sso && said.sig
              ? { ok: true, value: { sso: said.sso, sig: said.sig } }
              : failed("signed-out")
          );
        }
      };
      let gone = false;
      // What was said before it closed may still be on its way.
      const watch = setInterval(() => {
        if (gone) {
          done(failed("signed-out"));
        }
        gone = opened.closed;
      }, 400);
      addEventListener("message", heard);
      opened.location.replace(parameters.url);
    });
}

/** A window for {@link popupProof}; called by a click. */
export function openWindow() {
  return window.open(
    "about:blank",
    "mentorgraph",
    "popup,width=520,height=680"
  );
}
