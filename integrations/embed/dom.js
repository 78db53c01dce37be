// @ts-check

// Elements without a framework: made anew for every state, and laid over what is there so that focus, what was typed and what was opened stay.
// Text only ever becomes text nodes: nothing that a member wrote is read as HTML.

/** @typedef {Node | string | number | null | undefined | false} Child */

const HANDLERS = /** @type {const} */ ([
  "onclick",
  "onsubmit",
  "onchange",
  "oninput",
]);
/** What the reader, or the form itself, has set: whether details are open, and a question that does not come up. */
const KEPT = ["open", "hidden"];
const PROPERTIES = ["disabled", "checked"];

/**
 * @param {string} tag
 * @param {Record<string, any> | null} [given] attributes, `key`, and `onclick` and the like
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function h(tag, given, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given ?? {})) {
    if (name.startsWith("on") || PROPERTIES.includes(name)) {
      /** @type {any} */ (element)[name] = value;
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(
        name === "key" ? "data-key" : name,
        value === true ? "" : String(value)
      );
    }
  }
  for (const child of children.flat()) {
    if (child !== null && child !== undefined && child !== false) {
      element.append(child instanceof Node ? child : String(child));
    }
  }
  return element;
}

/**
 * Make what `parent` holds like `fresh`.
 *
 * @param {Node} parent
 * @param {Node[]} fresh
 */
export function lay(parent, fresh) {
  let place = parent.firstChild;
  for (const wanted of fresh) {
    const same = partner(place, wanted);
    if (same) {
      while (place && place !== same) {
        const gone = place;
        place = place.nextSibling;
        gone.remove();
      }
      renew(same, wanted);
      place = same.nextSibling;
    } else {
      parent.insertBefore(wanted, place);
    }
  }
  while (place) {
    const gone = place;
    place = place.nextSibling;
    gone.remove();
  }
}

/**
 * The node from `place` on that becomes `wanted`: the one with its key; without keys the next of its kind.
 *
 * @param {ChildNode | null} place
 * @param {Node} wanted
 * @returns {ChildNode | null}
 */
function partner(place, wanted) {
  const key = keyOf(wanted);
  for (let one = place; one; one = one.nextSibling) {
    if (one.nodeName === wanted.nodeName && keyOf(one) === key) {
      return one;
    }
    if (!key) {
      return null;
    }
  }
  return null;
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute("data-key") : null;
}

/**
 * @param {Node} old
 * @param {Node} wanted
 */
function renew(old, wanted) {
  if (!(old instanceof HTMLElement) || !(wanted instanceof HTMLElement)) {
    if (old.nodeValue !== wanted.nodeValue) {
      old.nodeValue = wanted.nodeValue;
    }
    return;
  }
  for (const { name } of [...old.attributes]) {
    const kept = KEPT.includes(name) || old instanceof HTMLFieldSetElement;
    if (!kept && !wanted.hasAttribute(name)) {
      old.removeAttribute(name);
    }
  }
  for (const { name, value } of wanted.attributes) {
    if (old.getAttribute(name) !== value && name !== "value") {
      old.setAttribute(name, value);
    }
  }
  for (const name of HANDLERS) {
    old[name] = /** @type {any} */ (wanted)[name];
  }
  if (
    "disabled" in old &&
    "disabled" in wanted &&
    !(old instanceof HTMLFieldSetElement)
  ) {
    old.disabled = wanted.disabled;
  }
  if (old instanceof HTMLInputElement && old.dataset.set !== undefined) {
    old.checked = /** @type {HTMLInputElement} */ (wanted).checked;
  }
  lay(old, [...wanted.childNodes]);
}
