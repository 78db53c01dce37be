// The map of a community: closer and farther, moved by drag and by arrow keys, somebody chosen without a new page. Without it each dot is a link.

const map = document.getElementById("network");

if (map) {
  const whole = map.viewBox.baseVal;
  const all = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };

  const look = (box) => {
    const width = Math.min(Math.max(box.width, all.width / 8), all.width * 1.2);
    const height = (width / all.width) * all.height;
    map.setAttribute("viewBox", [box.x, box.y, width, height].map((one) => one.toFixed(1)).join(" "));
  };
  const zoom = (factor, at) => {
    const now = map.viewBox.baseVal;
    const centre = at ?? { x: now.x + now.width / 2, y: now.y + now.height / 2 };
    const width = Math.min(Math.max(now.width * factor, all.width / 8), all.width * 1.2);
    const real = width / now.width;
    look({ x: centre.x - (centre.x - now.x) * real, y: centre.y - (centre.y - now.y) * real, width });
  };
  const move = (x, y) => {
    const now = map.viewBox.baseVal;
    look({ x: now.x + x * now.width, y: now.y + y * now.height, width: now.width });
  };
  const place = (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
    return { x: point.x, y: point.y };
  };

  for (const button of document.querySelectorAll("[data-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      if (button.dataset.zoom === "all") look(all);
      else zoom(button.dataset.zoom === "in" ? 0.7 : 1.4);
    });
  }
  map.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    zoom(event.deltaY < 0 ? 0.85 : 1.18, place(event));
  }, { passive: false });

  const arrows = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, -0.1], ArrowDown: [0, 0.1] };
  map.addEventListener("keydown", (event) => {
    if (arrows[event.key]) move(...arrows[event.key]);
    else if (event.key === "+") zoom(0.7);
    else if (event.key === "-") zoom(1.4);
    else return;
    event.preventDefault();
  });

  let held = null;
  map.addEventListener("pointerdown", (event) => {
    if (event.button === 0) held = { x: event.clientX, y: event.clientY, moved: false };
  });
  addEventListener("pointermove", (event) => {
    if (!held) return;
    const [x, y] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moved && Math.hypot(x, y) < 6) return;
    const size = map.getBoundingClientRect();
    move(-x / size.width, -y / size.height);
    held = { x: event.clientX, y: event.clientY, moved: true };
  });
  addEventListener("pointerup", () => setTimeout(() => { held = null; }));

  const mark = (chosen) => {
    const near = new Set([chosen]);
    for (const tie of map.querySelectorAll(".tie")) {
      const on = tie.dataset.one === chosen || tie.dataset.other === chosen;
      tie.classList.toggle("on", on);
      tie.classList.toggle("off", !on);
      if (on) near.add(tie.dataset.one).add(tie.dataset.other);
    }
    for (const dot of map.querySelectorAll(".who")) {
      dot.classList.toggle("chosen", dot.dataset.member === chosen);
      dot.classList.toggle("off", !near.has(dot.dataset.member));
    }
  };

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("a[data-member]");
    if (!link) return;
    event.preventDefault();
    if (held?.moved) return;
    const path = link.getAttribute("href");
    mark(link.dataset.member);
    try {
      const answer = await fetch(path.split("#")[0], { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      const panel = document.getElementById("chosen");
      panel.replaceChildren(...found.getElementById("chosen").childNodes);
      history.replaceState(null, "", path);
      if (link.closest("#chosen")) panel.focus();
    } catch {
      location.assign(path);
    }
  });
}
