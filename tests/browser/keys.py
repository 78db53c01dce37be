"""Using a page by its keyboard alone."""

import re

from playwright.sync_api import Error, Page

FOCUSED = r"""() => {
  let one = document.activeElement;
  while (one?.shadowRoot?.activeElement) one = one.shadowRoot.activeElement;
  if (!one || one === document.body) return ["", false];
  const label = one.getAttribute("aria-label") ?? (one.labels?.length ? one.labels[0].innerText : one.innerText);
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  return [label.trim().replace(/\s*\n\s*/g, " ").replace(" :", ":"), (outlineStyle !== "none" && parseFloat(outlineWidth) > 0) || boxShadow !== "none"];
}"""
"""What has the focus: its name, and whether one sees that it has it."""
MOST = 200


def reach(page: Page, name: str) -> None:
    """Go on with the Tab key to what has this name, which is a pattern; there the focus must be seen."""
    passed: list[str] = []
    for _ in range(MOST):
        page.keyboard.press("Tab")
        try:
            label, seen = page.evaluate(FOCUSED)
        except Error:
            # A page that waits for something loads itself anew; whoever uses it goes on there.
            page.wait_for_load_state()
            continue
        if re.search(name, label):
            assert seen, f"nobody sees that {label!r} has the focus"
            return
        passed.append(label)
    raise AssertionError(f"the Tab key does not lead to {name!r}, but to {list(dict.fromkeys(passed))}")


def press(page: Page, name: str) -> None:
    """Go there and press Enter."""
    reach(page, name)
    page.keyboard.press("Enter")


def follow(page: Page, name: str) -> None:
    """The same for what leads to another page; gives back there."""
    reach(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")
