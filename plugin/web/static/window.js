// Hands the host's answer to the page that opened this window, by its exact origin: to any other page the browser does not deliver it.
const { origin, sso, sig } = document.getElementById("answer").dataset;
history.replaceState(null, "", location.pathname);
if (window.opener) {
  window.opener.postMessage({ mentorgraph: { sso, sig } }, origin);
  // The page closes this window when it has heard: a window that is gone before is taken for one that somebody closed.
  setTimeout(() => window.close(), 5000);
}
