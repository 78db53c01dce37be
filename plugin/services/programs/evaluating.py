"""How a program is doing: its figures now and over time, cohorts beside each other, what answers say together, and what follows.

Everything is worked out from the rows when it is asked for, so that a figure can always be recomputed. Managers see what many said, never who said it
(:mod:`plugin.graph.results`).
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from plugin.domain.advice import Advice, advise
from plugin.domain.forms import Answer, Form, FormPurpose
from plugin.domain.health import Cohort, Facts, Figure, Health
from plugin.domain.people import Principal
from plugin.domain.programs import Program, ProgramState
from plugin.domain.results import Results
from plugin.errors import Invalid, NotFound
from plugin.graph import health as figures
from plugin.graph import pictures
from plugin.graph import results as aggregates
from plugin.services.guarding.managing import managed, managed_program, require_manager
from plugin.services.programs.program_facts import CohortBy, load
from plugin.services.questions import forms
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

T = TypeVar("T")
MAX_WEEKS = 104
SEED = 0
"""Of the bootstrap: the same answers give the same interval."""
OVER = frozenset({ProgramState.COMPLETED, ProgramState.ARCHIVED})
"""States in which it is judged whether goals were met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The figures of a program, and the advice that follows from them."""

    health: Health
    advice: tuple[Advice, ...]


def evaluate(unit: UnitOfWork, program: Program) -> Evaluation:
    """The figures of a program as of now."""
    found = figures.health(load(unit, program), now=unit.now)
    return Evaluation(health=found, advice=advise(found, completed=program.state in OVER))


async def evaluation(runtime: Runtime, principal: Principal, program_id: int) -> Evaluation:
    """The figures of a program and what follows, for who manages it. Raises :class:`NotFound` and :class:`Forbidden`."""
    return await runtime.database.read(principal.installation_id, lambda unit: evaluate(unit, managed_program(unit, principal, program_id)))


async def history(runtime: Runtime, principal: Principal, program_id: int, *, weeks: int) -> tuple[Health, ...]:
    """The figures of a program week by week, the oldest first, as they would have shown then."""
    if not 1 <= weeks <= MAX_WEEKS:
        raise Invalid("weeks must be 1 to {most}", field="weeks", most=MAX_WEEKS)

    def work(facts: Facts) -> tuple[Health, ...]:
        now = runtime.clock()
        return figures.over_time(facts, since=now - timedelta(weeks=weeks), now=now)

    return await _apart(runtime, principal, program_id, work)


async def cohorts(runtime: Runtime, principal: Principal, program_id: int, *, by: CohortBy) -> tuple[Cohort, ...]:
    """Mentees of a program by cohort, each beside all the others."""
    return await _apart(runtime, principal, program_id, lambda facts: figures.cohorts(facts, now=runtime.clock()), by=by)


CHARTED: dict[str, Callable[[Health], float | None]] = {
    "mentors": lambda one: one.mentors,
    "mentees": lambda one: one.mentees,
    "match_rate": lambda one: _value(one.match_rate),
    "waiting": lambda one: one.waiting,
    "active": lambda one: one.active,
    "stalled": lambda one: len(one.stalled),
    "ended": lambda one: sum(one.ended.values()),
    "sessions_held": lambda one: one.sessions_held,
    "hours_to_reply": lambda one: one.replies.median_hours,
    "quality": lambda one: _value(one.quality),
    "nps": lambda one: _value(one.nps),
    "load_gini": lambda one: one.load.gini,
}
"""What can be drawn over time."""


def _value(figure: Figure | None) -> float | None:
    return None if figure is None else figure.value


async def chart(runtime: Runtime, principal: Principal, program_id: int, *, names: Sequence[str], weeks: int) -> str:
    """Lines of some figures of a program over time, as SVG. Raises :class:`Invalid` for a figure that there is not."""
    if not names or set(names) - CHARTED.keys():
        raise Invalid("choose from: {choices}", field="names", choices=", ".join(CHARTED))
    found = await history(runtime, principal, program_id, weeks=weeks)
    series = {name: [CHARTED[name](one) for one in found] for name in dict.fromkeys(names)}
    return pictures.chart(series, labels=[one.at.date().isoformat() for one in found], title=f"The last {weeks} weeks")


async def results(runtime: Runtime, principal: Principal, form_id: int, *, program_id: int | None) -> tuple[Form, Results]:
    """What the answers to a form say together: of one program if it is named, for who manages that; else of all, for who manages the form."""

    def work(unit: UnitOfWork) -> tuple[Form, list[dict[str, Answer]]]:
        form = unit.forms.get(form_id)
        if form is None or form.program_id is not None:
            form = managed(unit, principal, form, forms.missing())
        else:
            require_manager(unit, principal, program_id)
        if form.program_id is not None and program_id not in {None, form.program_id}:
            raise NotFound("there is no such form", field="form")
        return form, sheets(unit, form, program_id=program_id)

    form, found = await runtime.database.read(principal.installation_id, work)
    return form, await asyncio.to_thread(aggregates.results, form, found, seed=SEED)


def sheets(unit: UnitOfWork, form: Form, *, program_id: int | None) -> list[dict[str, Answer]]:
    """The choices and numbers of all answers to a form by the questions of today, in the order of their coming."""
    asked = Form(id=form.id, name=form.name, purpose=form.purpose, version=form.version, questions=form.questions + form.retired)
    given = sorted(unit.submissions.of_forms([form.id], program_id=program_id), key=lambda one: (one.at, one.id))
    return [forms.choices_of(asked, one) for one in given]


async def survey_forms(runtime: Runtime, principal: Principal, program_id: int) -> list[Form]:
    """The forms by which a program's surveys are asked now."""

    def work(unit: UnitOfWork) -> list[Form]:
        require_manager(unit, principal, program_id)
        found = [forms.form_of(unit, program_id, purpose) for purpose in (FormPurpose.SESSION, FormPurpose.PULSE, FormPurpose.CLOSING, FormPurpose.NPS)]
        return [one for one in found if one is not None]

    return await runtime.database.read(principal.installation_id, work)


async def _apart(runtime: Runtime, principal: Principal, program_id: int, work: Callable[[Facts], T], *, by: CohortBy = CohortBy.MONTH) -> T:
    facts = await runtime.database.read(principal.installation_id, lambda unit: load(unit, managed_program(unit, principal, program_id), cohort_by=by))
    return await asyncio.to_thread(work, facts)
