"""Every page: nothing that axe finds wrong in both colour schemes, nothing that sticks out on a phone or from right to left, all words from the catalogues."""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page
from starlette.routing import Match, Route

from plugin.app import build
from plugin.domain.forms.reading import zones
from plugin.domain.forms.templates import TEMPLATES, template
from plugin.domain.templates import TEMPLATES as PROGRAMS
from plugin.services.identity import operating
from plugin.texts import Template, catalogues, translate
from tests.browser.pages.running import COLOURS, EVERYTHING, Stage, picture, violations
from tests.browser.pages.world import ADMIN, ASKED, EVENT, GOAL, MENTEE, MENTOR, OTHER, STEP, World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), pytest.mark.xdist_group("pages")]

CONSENT = (
    "/oauth/{installation}/authorize?response_type=code&client_id={client}&redirect_uri=https://app.example.org/back&state=s&scope=community:read+me"
    "&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
)
CONSOLE = {
    "overview": "/console",
    "programs": "/console/programs",
    "choose": "/console/programs/choose",
    "new": "/console/programs/new?template=newcomers",
    "program": "/console/programs/{program}",
    "edit": "/console/programs/{program}/edit",
    "people": "/console/programs/{program}/people",
    "application": "/console/programs/{program}/people/{enrolment}",
    "forms": "/console/programs/{program}/forms",
    "form": "/console/forms/{form}",
    "preview": "/console/forms/{form}/preview",
    "rounds": "/console/programs/{program}/rounds",
    "new-round": "/console/programs/{program}/rounds/new",
    "new-groups": "/console/programs/{program}/rounds/new?kind=groups",
    "round": "/console/rounds/{round}",
    "round-edit": "/console/rounds/{empty_round}/edit",
    "round-draft": "/console/rounds/{empty_round}",
    "side-by-side": "/console/rounds/{round}/mentees/{mentee}",
    "round-of-groups": "/console/rounds/{groups_round}",
    "groups": "/console/programs/{program}/groups",
    "sessions": "/console/programs/{program}/sessions",
    "recruiting": "/console/programs/{program}/recruiting",
    "prospects": "/console/programs/{program}/recruiting/prospects?need=pricing",
    "waves": "/console/programs/{program}/recruiting/waves",
    "no-shows": "/console/programs/{program}/no-shows",
    "events": "/console/programs/{program}/events",
    "new-event": "/console/programs/{program}/events/new",
    "event": "/console/programs/{program}/events/{event}",
    "rewards": "/console/programs/{program}/rewards",
    "levels": "/console/programs/{program}/rewards/levels",
    "thanks": "/console/programs/{program}/rewards/thanks",
    "certificates": "/console/programs/{program}/rewards/certificates",
    "ledger": "/console/programs/{program}/ledger",
    "budget": "/console/programs/{program}/ledger/budget",
    "entry": "/console/programs/{program}/ledger/{entry}",
    "reports": "/console/reports",
    "results": "/console/programs/{program}/results",
    "graph": "/console/graph",
    "graph-chosen": "/console/graph?days=365&member={mentee}",
    "health": "/console/health",
    "messages": "/console/messages",
    "message": "/console/messages/request.received",
    "settings": "/console/settings",
    "work": "/console/work",
    "skills": "/console/skills",
    "screening": "/console/screening",
    "tokens": "/console/tokens",
    "applications": "/console/applications",
    "webhooks": "/console/webhooks",
    "webhook": "/console/webhooks/{webhook}",
    "audit": "/console/audit",
    "privacy": "/console/privacy",
    "nothing": "/console/programs/1",
}
MEMBERS = {
    "home": "/my",
    "programs": "/my/programs",
    "program": "/my/programs/{program}",
    "join": "/my/programs/{program}/join?as=mentor",
    "join-young": "/my/programs/{program}/join?as=mentee",
    "requests": "/my/requests",
    "mentorships": "/my/mentorships",
    "sessions": "/my/sessions",
    "events": "/my/events",
    "tokens": "/my/tokens",
    "safety": "/my/safety",
    "skills": "/my/skills",
    "notices": "/my/notices",
    "applications": "/my/applications",
    "consent": CONSENT,
    "data": "/my/data",
}
SESSIONS = {
    "sessions": "/my/sessions",
    "session": "/my/sessions/{session}",
    "new-session": "/my/sessions/new",
    "past-session": "/my/sessions/past",
}
GIVEN = {"survey": "/my/surveys/{survey}", "programs": "/my/programs"}
OPEN = {
    "front": "/",
    "status": "/status",
    "status-community": "/status/{installation}",
    "signed-in": "/auth/done",
    "embed": "/embed/{installation}",
    "frame": "/embed/{installation}/frame",
    "stop": "{stop}",
    "certificate": "{certificate}",
    "refer": "{refer}",
    "queries": "/graphql",
}
"""Pages for whoever has the address."""
ELSEWHERE = {
    "/auth/{installation}/start": "test_door.py and test_signing.py; it is the list of ways where a community has several",
    "/auth/{installation}/callback": "answers with a redirect; the window of a page is in tests/browser/test_component.py",
    "/auth/{installation}/provider/callback": "answers with a redirect",
    "/setup": "test_the_operators_pages_have_nothing_wrong_either",
    "/setup/connect": "likewise",
    "/setup/{token}": "likewise",
}
"""Pages that axe visits elsewhere, and answers that are none."""
NO_PAGES = re.compile(
    r"/(healthz|readyz|metrics|manifest\.yaml|hooks/.*|\.well-known/.*|brand/.*|calendar/.*|embed/v1/.*|oauth/.*/profile)|.*/(calendar|export|erase)|/static.*"
)
FORMS_ONLY = re.compile(r"/console/(sign-out|offices|tokens/.+|applications/.+)|/console/programs/\{program\}/(duplicate|managers)")
"""Forms of another page are sent here: whoever only looks sees that page."""

ALL = [("console", ADMIN, name, path) for name, path in CONSOLE.items()] + [("members", MENTEE, name, path) for name, path in MEMBERS.items()]
ALL += [("mentor", MENTOR, name, MEMBERS[name]) for name in ("home", "requests", "mentorships", "sessions")]
ALL += [("mentor", MENTOR, "mentorship", "/my/mentorships/{mentorship}"), ("mentee", OTHER, "mentorship", "/my/mentorships/{mentorship}")]
ALL += [("mentee", OTHER, name, path) for name, path in SESSIONS.items()] + [("asked", ASKED, name, path) for name, path in GIVEN.items()]
ALL += [("member", MENTEE, "office", "{join}")]
ALL += [("nobody", "", name, path) for name, path in OPEN.items()]
ALL += [("nobody", "", "sign-in", "/console"), ("nobody", "", "closed", "/setup"), ("member", MENTEE, "no-admin", "/console")]


@pytest.fixture(scope="module", autouse=True)
def _known(world: World) -> None:
    """The world is there before any page is looked at."""


def every(here: Stage, browser: Browser) -> Iterator[tuple[Page, str, str, str]]:
    """A page for each of all, one browser context for each of those who look."""
    for who in dict.fromkeys(one[1] for one in ALL):
        page = here.open(browser, who)
        yield from ((page, area, name, path) for area, whose, name, path in ALL if whose == who)
        page.context.close()


def show(page: Page, here: Stage, world: World, path: str) -> None:
    page.goto(here.url + path.format(**vars(world)))
    page.wait_for_load_state("load")


def test_every_page_that_there_is_is_visited(here: Stage, world: World) -> None:
    """Whoever adds a page adds it to the lists above, or this fails."""
    routes = [one for one in build(here.site.parts, embedded_worker=False).routes if isinstance(one, Route) and "GET" in (one.methods or {"GET"})]
    visited = {route_of(routes, path.format(**vars(world)).partition("?")[0]) for _area, _who, _name, path in ALL}
    pages_there = {one.path for one in routes if not NO_PAGES.fullmatch(one.path) and not FORMS_ONLY.fullmatch(one.path)}
    assert pages_there - visited - set(ELSEWHERE) == set()
    assert set(ELSEWHERE) <= pages_there


def route_of(routes: list[Route], path: str) -> str:
    scope = {"type": "http", "method": "GET", "path": path, "headers": []}
    return next((one.path for one in routes if one.matches(scope)[0] is Match.FULL), "")


@dataclass
class Seen:
    """What is wrong, one line each: in a colour scheme by axe, and on a phone from left to right and from right to left."""

    light: list[str] = field(default_factory=list)
    dark: list[str] = field(default_factory=list)
    phone: list[str] = field(default_factory=list)
    pages: int = 0


@pytest.fixture(scope="module")
def seen(here: Stage, world: World, browser: Browser) -> Seen:
    """Each page, opened once and looked at in every way: no script of ours asks how wide it is, or for the scheme, when it is loaded."""
    found = Seen()
    for page, area, name, path in every(here, browser):
        show(page, here, world, path)
        found.phone += [f"{area} {name} {one}" for one in _on_a_phone(page, f"{area}-{name}")]
        found.light += [f"{area} {name}: {one}" for one in _in_a_scheme(page, "light", EVERYTHING, f"{area}-{name}")]
        found.dark += [f"{area} {name}: {one}" for one in _in_a_scheme(page, "dark", COLOURS, f"{area}-{name}")]
        page.emulate_media(color_scheme="light")
        found.pages += 1
    return found


def _on_a_phone(page: Page, name: str) -> list[str]:
    """Where the page is wider than a phone."""
    wrong = []
    page.set_viewport_size({"width": 390, "height": 844})
    for direction in ("rtl", "ltr"):
        page.evaluate("(way) => { document.documentElement.dir = way; }", direction)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            wrong.append(f"{direction}: {wide} px")
    picture(page, f"{name}-phone")
    page.set_viewport_size({"width": 1280, "height": 900})
    return wrong


def _in_a_scheme(page: Page, scheme: Literal["light", "dark"], rules: Mapping[str, object], name: str) -> list[str]:
    """What axe finds; what is folded away has to be right as well."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found = violations(page, rules)
    picture(page, f"{name}-{scheme}")
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_wrong(seen: Seen, scheme: str) -> None:
    assert seen.pages == len(ALL)
    assert not getattr(seen, scheme), "\n".join(getattr(seen, scheme))


def test_nothing_sticks_out_on_a_phone_or_from_right_to_left(seen: Seen) -> None:
    assert not seen.phone, "\n".join(seen.phone)


def test_from_right_to_left_the_way_around_is_on_the_right(here: Stage, world: World, browser: Browser) -> None:
    page = here.open(browser, ADMIN)
    show(page, here, world, CONSOLE["program"])
    page.evaluate("document.documentElement.dir = 'rtl'")
    side, main = page.locator(".side").bounding_box(), page.locator("main").bounding_box()
    assert side is not None
    assert main is not None
    assert side["x"] > main["x"]
    picture(page, "console-program-rtl")
    page.context.close()


WORDS = """(allowed) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const say = (text) => text.replace(/⟦[^⟦⟧]*⟧/g, ' ').replace(/⟦|⟧/g, ' ');
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (['SCRIPT', 'STYLE', 'TEMPLATE', 'NOSCRIPT'].includes(node.parentElement.tagName)) continue;
    if (node.parentElement.closest('code, pre, textarea, [lang]:not(html), [translate=no], .secret')) continue;
    found.push(node.textContent.trim());
  }
  for (const part of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]'))
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) if (part.getAttribute(name)) found.push(part.getAttribute(name));
  return found;
}"""


def test_all_words_are_from_the_catalogues(here: Stage, world: World, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each text of the catalogues is put in brackets; what is left outside of them and is no data of the community's is a word that cannot be translated."""

    def bracketed(template: Template, *, language: str, number: int = 1) -> str:
        return "\n".join(f"⟦{line}⟧" for line in translate(template, language=language, number=number).split("\n"))

    for module in [one for name, one in sys.modules.items() if name.startswith("plugin.") and getattr(one, "translate", None) is translate]:
        monkeypatch.setattr(module, "translate", bracketed)
    data = here.run(_data(here))
    wrong: list[str] = []
    for page, area, name, path in every(here, browser):
        show(page, here, world, path)
        for text in page.evaluate(WORDS, None):
            left = outside(text)
            if re.search(r"[A-Za-z]{3,}", left) and not _is_data(left, data):
                wrong.append(f"{area} {name}: {left!r} in {text[:80]!r}")
    assert not wrong, "\n".join(sorted(set(wrong)))


def outside(text: str) -> str:
    """What is not within brackets, which may be within each other."""
    depth, kept = 0, []
    # Markup within a text makes several pieces of it.
    for sign in ("⟦" if text.find("⟧") != -1 and not -1 < text.find("⟦") < text.find("⟧") else "") + text:
        depth += (sign == "⟦") - (sign == "⟧")
        if depth == 0 and sign not in "⟦⟧":
            kept.append(sign)
    return "".join(kept).strip()


def _is_data(left: str, data: str) -> bool:
    pieces = [piece.strip(" @.:,()–-·×0123456789") for piece in re.split(r"[·,]|\s{2,}|: ", left)]
    return all(piece.casefold() in data for piece in pieces if re.search(r"[A-Za-z]{3,}", piece))


async def _data(here: Stage) -> str:
    """Everything that the community's people wrote, and what the product's own data says, as one text."""

    def read(unit: Any) -> str:
        members = unit.members.all()
        said = [f"{one.name} {one.username} {one.title} {one.bio} {' '.join(one.fields.values())}" for one in members]
        titles = (
            [one.title for one in unit.topics.all()]
            + [one.name for one in unit.spaces.all().values()]
            + [one.name for one in unit.programs.page(after=None, limit=100, state=None)]
        )
        return " ".join([*said, *titles, unit.community.name, unit.community.base_url, *unit.community.profile_fields.values(), *unit.groups.all().values()])

    found = await here.site.parts.runtime.database.read(here.site.installation_id, read)
    found += " ".join(f"{plan} {' '.join(plan.code_of_conduct.splitlines())}" for plan in PROGRAMS.values())
    found += " ".join(sorted(zones())) + " German seconds ago minutes ago minute ago"
    found += " ".join(str(template(purpose)) for purpose in TEMPLATES)
    found += f" {GOAL} {STEP} {EVENT}"
    found += " Mentorgraph Second Desk mentors November Circles Circle UTC Europe Monday Tuesday Wednesday Thursday Friday Saturday Sunday"
    return found.casefold()


def test_the_operators_pages_have_nothing_wrong_either(here: Stage, browser: Browser) -> None:
    for dark in (False, True):
        page = here.open(browser, dark=dark)
        page.goto(here.run(operating.set_up_link(here.site.parts.runtime)))
        assert violations(page) == []
        page.get_by_role("button").click()
        for path in ("/setup", "/setup/connect", "/setup/connect?host=discourse", "/setup/connect?host=matrix", "/setup/connect?host=circle"):
            page.goto(here.url + path)
            assert violations(page) == [], path
            picture(page, f"setup{re.sub('[^a-z]+', '-', path)}-{'dark' if dark else 'light'}")
        page.context.close()


def test_languages_other_than_english_say_so(here: Stage, world: World, browser: Browser) -> None:
    assert "de" in catalogues.languages()
    page = here.open(browser, ADMIN, locale="de-DE")
    show(page, here, world, CONSOLE["programs"])
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.get_by_role("heading", level=1).inner_text() == "Programme"
    picture(page, "console-programs-german")
    page.context.close()
