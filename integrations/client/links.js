// @ts-check

/**
 * An address that a link may lead to; anything but http and https leads nowhere.
 *
 * @param {string} address
 */
export function linkTo(address) {
  return /^https?:\/\//i.test(address) ? address : null;
}
