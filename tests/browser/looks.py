"""Looking at a page as people with other eyes and hands do."""

from typing import Any

from playwright.sync_api import Frame, Page

from tests import tools

RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    # A page around the component is not the component's: landmarks, its title, its language.
    "rules": {name: {"enabled": False} for name in ("region", "landmark-one-main", "page-has-heading-one", "heading-order")},
}
DRAWN: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "target-size", "scrollable-region-focusable"]}}
"""What a colour scheme and a direction of writing can change: all other rules read the document, which stays the same."""


WIDE = """place => {
  const root = place.shadowRoot ?? place;
  const edges = place.getBoundingClientRect();
  const out = [...root.querySelectorAll("*")].find((one) => {
    const box = one.getBoundingClientRect();
    return box.width && (box.left < edges.left - 1 || box.right > edges.right + 1);
  });
  return out ? out.outerHTML.slice(0, 160) : "";
}"""
"""The first element that reaches out of a place at its sides; empty for none."""


def violations(page: Page | Frame, place: str, rules: dict[str, Any] = RULES) -> list[str]:
    """What axe-core finds at a place of a page, shadow roots included."""
    if not page.evaluate("() => 'axe' in globalThis"):
        page.evaluate((tools.installed(tools.HARNESS) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("([place, options]) => axe.run(place, options)", [place, {"resultTypes": ["violations"], **rules}])
    assert found["passes"], f"axe looked at nothing at {place}"
    return [
        f"{one['id']}: {one['help']}: " + " | ".join(f"{node['html'][:160]} ({node['failureSummary']})" for node in one["nodes"][:3])
        for one in found["violations"]
    ]


TURN = """direction => {
  document.documentElement.dir = direction;
  scrollTo(0, 0);
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
}"""
"""Sets the direction of writing and goes to the top, where no head of the host's lies over anything; done when the page has been drawn so."""


def everywhere(page: Page | Frame, place: str, name: str) -> list[str]:
    """What axe-core finds in both colour schemes and in both directions of writing."""
    found: list[str] = []
    whole = page.page if isinstance(page, Frame) else page
    for scheme in ("light", "dark"):
        for direction in ("ltr", "rtl"):
            whole.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.evaluate(TURN, direction)
            rules = RULES if (scheme, direction) == ("light", "ltr") else DRAWN
            found += [f"{name}, {scheme}, {direction}: {one}" for one in violations(page, place, rules)]
            if wide := page.locator(place).first.evaluate(WIDE):
                found.append(f"{name}, {scheme}, {direction}: {wide} stands out of its place")
    whole.emulate_media(color_scheme="light")
    page.evaluate(TURN, "ltr")
    return found
