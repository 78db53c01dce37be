"""Makes the pictures of README.md from a running demo (`make run`): ``python docs/pictures/make.py TOKEN USERNAME``.

Needs the system's Chromium. TOKEN is what the demo printed; USERNAME is a member who got a message.
"""

import argparse
import json
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

FORUM, SERVICE = "http://127.0.0.1:4200", "http://127.0.0.1:8000"
HERE = Path(__file__).parent
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def log_in(username: str) -> str:
    """A session of a member of the demo's forum."""
    request = urllib.request.Request(  # noqa: S310 - an address of ours
        f"{FORUM}/_double/act", json.dumps({"act": "log_in", "username": username}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:  # noqa: S310 - an address of ours
        return str(json.load(answer)["cookie"]["_t"])


def message(browser: Browser, username: str) -> None:
    """The message in the forum."""
    context = browser.new_context(viewport={"width": 1100, "height": 620})
    context.add_cookies([{"name": "_t", "value": log_in(username), "url": FORUM}])
    page = context.new_page()
    page.goto(f"{FORUM}/u/{username}/messages")
    page.get_by_role("link", name="Members who could help you").first.click()
    page.screenshot(path=HERE / "message.png")
    context.close()


def graphiql(browser: Browser, token: str) -> None:
    """GraphiQL with suggestions and their reasons."""
    page = browser.new_page(viewport={"width": 1300, "height": 760})
    page.goto(f"{SERVICE}/graphql")
    page.get_by_label("A token that may introspect").fill(token)
    page.get_by_role("button", name="Open GraphiQL").click()
    page.get_by_role("button", name="Execute query (Ctrl-Enter)").click()
    page.wait_for_timeout(2500)
    page.screenshot(path=HERE / "graphiql.png")
    page.close()


def main() -> None:
    """Make both."""
    arguments = argparse.ArgumentParser(description="Make the pictures of README.md.")
    arguments.add_argument("token")
    arguments.add_argument("username")
    given = arguments.parse_args()
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        message(browser, given.username)
        graphiql(browser, given.token)
        browser.close()


if __name__ == "__main__":
    main()
