// What pages do beyond plain HTML. Every page works without it: this only saves reloads.

/** The part of a page with this id, fetched anew; null when the page has moved on or cannot be had. */
async function fresh(path, id) {
  const answer = await fetch(path, { credentials: "same-origin" });
  if (!answer.ok || answer.redirected) return null;
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  return found.getElementById(id);
}

/** The page as it is now, without the word of what was done before. */
function settle() {
  const here = new URL(location.href);
  here.searchParams.delete("done");
  location.replace(here);
}

/** Long work: a part that carries data-refresh is looked at again until it no longer does. */
async function watch(part) {
  const path = part.dataset.refresh || location.pathname;
  const seconds = Number(part.dataset.every || 1);
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  try {
    const next = document.hidden ? part : await fresh(path, part.id);
    if (!next) return settle();
    if (next === part) return watch(part);
    if (!next.hasAttribute("data-refresh")) return settle();
    const bar = part.querySelector("progress");
    const nextBar = next.querySelector("progress");
    if (bar && nextBar && next.childElementCount === part.childElementCount) {
      bar.value = nextBar.value;
      for (const live of part.querySelectorAll("[data-live]")) {
        const said = next.querySelector(`[data-live="${live.dataset.live}"]`);
        if (said && said.textContent !== live.textContent) live.textContent = said.textContent;
      }
      return watch(part);
    }
    part.replaceWith(next);
    return watch(next);
  } catch {
    part.dataset.every = String(Math.min(seconds * 2, 30));
    return watch(part);
  }
}

for (const part of document.querySelectorAll("[data-refresh]")) watch(part);

// What went wrong is said first to whoever cannot see the page.
document.querySelector("[data-focus]")?.focus();

// A button that was pressed is not pressed twice.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => delete form.dataset.sent, 4000);
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent));

// Selects and boxes that say so send their form by themselves; there is a button for who has no script.
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-auto]");
  if (form) form.requestSubmit();
});
for (const button of document.querySelectorAll("form[data-auto] [data-fallback]")) button.hidden = true;

// Rows that can be added: the template's content is put before the button, with its own number.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add]");
  if (!button) return;
  event.preventDefault();
  const list = document.getElementById(button.dataset.add);
  const template = document.getElementById(`${button.dataset.add}-row`);
  const number = list.children.length;
  const html = template.innerHTML.replaceAll("__n__", String(number));
  list.insertAdjacentHTML("beforeend", html);
  list.lastElementChild.querySelector("input, select, textarea")?.focus();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent.trim());
  button.textContent = button.dataset.copied;
});
for (const button of document.querySelectorAll("[data-copy], [data-add]")) button.hidden = false;

// Questions that are asked only after certain answers: the service says which, each time such an answer changes.
document.addEventListener("change", async (event) => {
  const form = event.target.closest("form[data-look]");
  if (!form) return;
  const asks = [...form.querySelectorAll("[data-asks]")].flatMap((part) => part.dataset.asks.split(" "));
  if (!asks.some((key) => event.target.name === `a_${key}` || event.target.name.startsWith(`a_${key}_`))) return;
  const sent = new URLSearchParams(new FormData(form));
  sent.set("do", "look");
  try {
    const answer = await fetch(form.action || location.pathname, { method: "POST", body: sent, credentials: "same-origin" });
    if (!answer.ok) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of form.querySelectorAll("[data-asks]")) {
      const next = found.getElementById(part.id);
      if (next) part.hidden = next.hidden;
    }
  } catch {
    // The questions stay as they are; sending the form says what is missing.
  }
});

// On a phone the row of tabs is longer than the screen: where one is, is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft += tab.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - tab.clientWidth) / 2;
}
