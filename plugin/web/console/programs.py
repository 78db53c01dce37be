"""Programs: listed, designed, and moved through their life."""

from dataclasses import asdict, fields
from datetime import date

from starlette.responses import Response

from plugin.domain.programs import MAX_GOALS, NEXT, Format, Goal, Plan, Program, ProgramState
from plugin.domain.templates import TEMPLATES
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.programs import program_words, programming, viewing
from plugin.texts import console as words
from plugin.web.console.frame import managed, program_tabs, show
from plugin.web.visits import Visit

ORDER = tuple(ProgramState)
GOAL_ROWS = MAX_GOALS + 1
"""One more than there may be, so that it is refused and not left out without a word."""
MOST = 100


async def listing(visit: Visit) -> Response:
    """Every program of the community, or those that somebody manages."""
    found = await viewing.programs(visit.runtime, visit.principal, limit=MOST)
    return show(visit, "programs.html", section="programs", programs=found, words=words)


async def choose(visit: Visit) -> Response:
    """Begin with a template, or with nothing."""
    return show(visit, "program_choose.html", section="programs", templates=TEMPLATES, words=words)


async def new(visit: Visit) -> Response:
    """The form of a new program."""
    chosen = visit.text("template")
    start = await program_words.template(visit.runtime, visit.principal, chosen) if chosen in TEMPLATES else Plan(name="")
    values = sent(visit) if visit.posted else _values(start)
    return show(visit, "program_form.html", section="programs", program=None, values=values, words=words, formats=tuple(Format), rows=_rows(values))


async def create(visit: Visit) -> Response:
    """Make it."""
    made = await programming.create_program(visit.runtime, visit.principal, plan=Plan(**plan_of(visit)))  # type: ignore[arg-type]  # its own names
    return visit.go(f"/console/programs/{made.id}", "created")


async def view(visit: Visit) -> Response:
    """One program: what it is, where it stands, who looks after it."""
    program, figures, managers = await viewing.program(visit.runtime, visit.principal, visit.id("program"))
    return show(
        visit,
        "program.html",
        section="programs",
        program=program,
        tabs=program_tabs(program),
        tab="program",
        steps=[state for state in ORDER if state in NEXT[program.state]],
        order=ORDER,
        words=words,
        figures=figures,
        managers=managers,
    )


async def move(visit: Visit) -> Response:
    """Move it on."""
    word = visit.text("state")
    if word not in set(ProgramState):
        raise Invalid("choose where the program goes", field="state")
    program_id = visit.id("program")
    await programming.move_program(visit.runtime, visit.principal, program_id, ProgramState(word), end_pairs=visit.checked("end_pairs"))
    return visit.go(f"/console/programs/{program_id}", "moved")


async def edit(visit: Visit) -> Response:
    """The form of a program that there is."""
    program = await managed(visit)
    values = sent(visit) if visit.posted else _values(program)
    return show(visit, "program_form.html", section="programs", program=program, values=values, words=words, formats=tuple(Format), rows=_rows(values))


async def save(visit: Visit) -> Response:
    """Keep the changes."""
    program_id = visit.id("program")
    changes = plan_of(visit)
    changes.pop("template")
    await programming.change_program(visit.runtime, visit.principal, program_id, changes=changes)
    return visit.go(f"/console/programs/{program_id}", "saved")


async def duplicate(visit: Visit) -> Response:
    """Make a draft like it."""
    made = await programming.duplicate_program(visit.runtime, visit.principal, visit.id("program"), name=visit.text("name"))
    return visit.go(f"/console/programs/{made.id}", "created")


async def manager(visit: Visit) -> Response:
    """Let somebody manage it, or no more."""
    program_id = visit.id("program")
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("username"))
    await programming.set_manager(visit.runtime, visit.principal, program_id, member.id, manages=visit.text("manages") != "0")
    return visit.go(f"/console/programs/{program_id}", "saved")


def plan_of(visit: Visit) -> dict[str, object]:
    """What the form says of a program. Raises :class:`Invalid`."""
    word = visit.text("format", "one_to_one")
    if word not in set(Format):
        raise Invalid("choose how people meet", field="format")
    said = {name: visit.text(name) for name in ("name", "purpose", "audience", "needs", "mentor_benefits", "mentee_benefits", "code_of_conduct", "template")}
    days = {name: visit.day(name) for name in ("starts_on", "ends_on")}
    boxes = {name: visit.checked(name) for name in ("open", "approve_mentors", "approve_mentees", "both_roles")}
    return {**said, **days, **boxes, "format": Format(word), "goals": tuple(_goals(visit))}


def _goals(visit: Visit) -> list[Goal]:
    found = []
    for number in range(GOAL_ROWS):
        text, measure = visit.text(f"goal_{number}"), visit.text(f"measure_{number}")
        if text:
            target = visit.decimal(f"target_{number}", float("nan")) if visit.text(f"target_{number}") else None
            found.append(Goal(text=text, measure=measure, target=target))
    return found


def sent(visit: Visit) -> dict[str, object]:
    """The form as it was sent, for showing it again."""
    names = {one.name for one in fields(Plan)} - {"goals"}
    goals = [
        {"text": visit.text(f"goal_{number}"), "measure": visit.text(f"measure_{number}"), "target": visit.text(f"target_{number}")}
        for number in range(GOAL_ROWS)
    ]
    return {name: visit.text(name) for name in names} | {"goals": [one for one in goals if one["text"]]}


def _values(plan: Plan | Program) -> dict[str, object]:
    found = {one.name: getattr(plan, one.name) for one in fields(Plan)}
    shown = {name: value.isoformat() if isinstance(value, date) else "" if value is None else value for name, value in found.items() if name != "goals"}
    goals = [{name: "" if value is None else value for name, value in asdict(one).items()} for one in plan.goals]
    return shown | {"goals": goals, "format": plan.format.value}


def _rows(values: dict[str, object]) -> int:
    goals = values["goals"]
    return max(len(goals), min(len(goals) + 1, MAX_GOALS)) if isinstance(goals, list) else 1
