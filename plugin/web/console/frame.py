"""What pages of the console share: the way around, and lists that go on."""

from typing import Any

from starlette.responses import Response

from plugin.domain.people import Scope
from plugin.domain.programs import Program
from plugin.errors import NotFound
from plugin.services.knowledge import reading
from plugin.services.programs import viewing
from plugin.texts import _
from plugin.texts import console as words
from plugin.web.visits import Visit

PAGE = 50

Entry = tuple[str, str, str]


def nav(visit: Visit) -> list[tuple[str, list[Entry]]]:
    """Headings with their entries: key, address, words. A manager of a program sees what there is for managers, who looks after safety the reports."""
    programs: list[Entry] = [("programs", "/console/programs", _("Programs"))]
    reports: list[Entry] = [("reports", "/console/reports", _("Reports"))] if visit.principal.may(Scope.SAFETY) else []
    if not visit.admin:
        return [(_("Mentoring"), (programs if visit.manages else []) + reports)]
    return [
        (
            _("Mentoring"),
            [
                ("home", "/console", _("Overview")),
                *programs,
                ("graph", "/console/graph", _("Who helps whom")),
                ("health", "/console/health", _("Health")),
                ("messages", "/console/messages", _("Messages")),
                *reports,
            ],
        ),
        (
            _("Community"),
            [
                ("settings", "/console/settings", _("Settings")),
                ("skills", "/console/skills", _("Skills and ranking")),
                ("screening", "/console/screening", _("Screening")),
                ("work", "/console/work", _("Deliveries and outbox")),
                ("tokens", "/console/tokens", _("Tokens")),
                ("applications", "/console/applications", _("Applications")),
                ("webhooks", "/console/webhooks", _("Webhooks")),
                ("privacy", "/console/privacy", _("Export and erasure")),
                ("audit", "/console/audit", _("Audit log")),
            ],
        ),
    ]


def show(visit: Visit, template: str, *, section: str, **values: Any) -> Response:
    """A page of the console."""
    return visit.page(f"console/{template}", nav=nav, section=section, **values)


async def the_program(visit: Visit) -> Program:
    """The program in the address. Raises :class:`NotFound`."""
    found = await reading.program(visit.runtime, visit.principal, visit.id("program"))
    if found is None:
        raise NotFound("there is no such program")
    return found


async def managed(visit: Visit) -> Program:
    """The program in the address, for its managers. Raises :class:`NotFound` and :class:`Forbidden`."""
    return await viewing.managed(visit.runtime, visit.principal, visit.id("program"))


def show_program(visit: Visit, template: str, program: Program, *, tab: str, **values: Any) -> Response:
    """A page of a program, under one of its tabs."""
    return show(visit, template, section="programs", program=program, tabs=program_tabs(program), tab=tab, words=words, **values)


def program_tabs(program: Program) -> list[Entry]:
    """The pages of a program."""
    base = f"/console/programs/{program.id}"
    return [
        ("program", base, _("Program")),
        ("people", f"{base}/people", _("People")),
        ("recruiting", f"{base}/recruiting", _("Recruiting")),
        ("forms", f"{base}/forms", _("Forms")),
        ("rounds", f"{base}/rounds", _("Rounds")),
        ("groups", f"{base}/groups", _("Groups")),
        ("sessions", f"{base}/sessions", _("Sessions")),
        ("no-shows", f"{base}/no-shows", _("No-shows")),
        ("events", f"{base}/events", _("Events")),
        ("rewards", f"{base}/rewards", _("Rewards")),
        ("ledger", f"{base}/ledger", _("Ledger")),
        ("results", f"{base}/results", _("Results")),
    ]
