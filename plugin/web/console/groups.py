"""Groups that run: who is in them, and newcomers and small groups looked after."""

from dataclasses import replace

from starlette.responses import Response

from plugin.domain.forms.answers import clock_time
from plugin.domain.groups import Group
from plugin.errors import Invalid
from plugin.services.matching import group_reading, grouping
from plugin.services.matching.group_words import explain
from plugin.texts import console as words
from plugin.web.console.frame import program_tabs, show, the_program
from plugin.web.pages import Speaker
from plugin.web.visits import Visit

SLOTS_A_DAY = 48


def slot_words(slot: int, speaker: Speaker) -> str:
    """A half hour of the week in UTC, such as ``Monday 18:30 UTC``."""
    return f"{speaker.say(words.DAYS[slot // SLOTS_A_DAY % 7])} {clock_time(slot % SLOTS_A_DAY * 30)} UTC"


def reasons(group: Group, speaker: Speaker) -> list[str]:
    """Why a group is as it is, for who manages it."""
    return [speaker.error(said) for _fact, said in explain(group, manager=True)]


async def listing(visit: Visit) -> Response:
    """The groups of a program."""
    program = await the_program(visit)
    groups = await group_reading.running(visit.runtime, visit.principal, program.id)
    design = await group_reading.design_of_running(visit.runtime, visit.principal, program.id)
    people = await visit.people({seat.member_id for group in groups for seat in group.seats})
    tabs = program_tabs(program)
    return show(
        visit,
        "groups.html",
        section="programs",
        program=program,
        tabs=tabs,
        tab="groups",
        groups=groups,
        people=people,
        design=design,
        reasons=reasons,
        slot_words=slot_words,
        words=words,
    )


async def act(visit: Visit) -> Response:
    """Place newcomers, or join groups that shrank."""
    program = await the_program(visit)
    what = visit.text("do")
    if what not in {"place", "merge"}:
        raise Invalid("choose what to do with the groups")
    # What else was asked of these groups, such as an hour that all share, holds for newcomers too.
    asked = await group_reading.design_of_running(visit.runtime, visit.principal, program.id)
    smallest, largest = visit.number("smallest", asked.smallest), visit.number("largest", asked.largest)
    design = replace(asked, smallest=smallest or 0, largest=largest or 0)
    work = grouping.place if what == "place" else grouping.merge
    await work(visit.runtime, visit.principal, program.id, design)
    return visit.go(f"/console/programs/{program.id}/groups", "saved")
