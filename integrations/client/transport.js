// @ts-check

// One request to the service. Whatever goes wrong comes back as a value, never as an exception: the host's page must not notice.

/**
 * @typedef {object} Problem what went wrong, as a word that the catalogues have a text for
 * @property {"offline" | "unreachable" | "slow" | "busy" | "broken" | "refused" | "expired" | "ended" | "signed-out" | "unproven" | "window-blocked" | "not-a-member" | "not-set-up"} code
 * @property {string} [message] the service's own line
 * @property {number} [retryAfter] seconds
 */

/**
 * @template T
 * @typedef {{ ok: true, value: T } | { ok: false, problem: Problem }} Outcome
 */

/** Milliseconds after which an answer is no longer waited for. */
export const PATIENCE = 12000;

/** Why the service refused a sign-in, in words of ours. */
const REFUSALS = {
  not_signed_in: "signed-out",
  suspended: "not-a-member",
  no_secret: "not-set-up",
  not_offered: "not-set-up",
};

/**
 * @param {string} address
 * @param {object} body
 * @param {{ token?: string, patience?: number }} [options]
 * @returns {Promise<Outcome<any>>}
 */
export async function post(address, body, options = {}) {
  const patience = new AbortController();
  const timer = setTimeout(
    () => patience.abort(),
    options.patience ?? PATIENCE
  );
  /** @type {Record<string, string>} */
  const headers = { "Content-Type": "application/json" };
  if (options.token) {
    headers.Authorization = `Bearer ${options.token}`;
  }
  try {
    const response = await fetch(address, {
      method: "POST",
      mode: "cors",
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      headers,
      body: JSON.stringify(body),
      signal: patience.signal,
    });
    return await outcome(response);
  } catch {
    if (patience.signal.aborted) {
      return failed("slow");
    }
    return failed(navigator.onLine === false ? "offline" : "unreachable");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * @param {Response} response
 * @returns {Promise<Outcome<any>>}
 */
async function outcome(response) {
  const answer = await response.json().catch(() => null);
  if (response.ok) {
    return answer === null ? failed("broken") : { ok: true, value: answer };
  }
  const error = answer?.error ?? {};
  const known = REFUSALS[/** @type {keyof typeof REFUSALS} */ (error.code)];
  if (known) {
    return failed(/** @type {Problem["code"]} */ (known), error.message);
  }
  if (response.status === 429 || response.status === 503) {
    const seconds = Number(response.headers.get("Retry-After")) || 10;
    return {
      ok: false,
      problem: { code: "busy", message: error.message, retryAfter: seconds },
    };
  }
  if (response.status === 401) {
    return failed("expired", error.message);
  }
  return failed(response.status >= 500 ? "broken" : "refused", error.message);
}

/**
 * @param {Problem["code"]} code
 * @param {string} [message]
 * @returns {{ ok: false, problem: Problem }}
 */
export function failed(code, message) {
  return { ok: false, problem: { code, message } };
}
