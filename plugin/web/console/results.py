"""How a program is doing: figures with their intervals, goals, and advice with the rule behind it."""

from starlette.responses import Response

from plugin.services import evaluating
from plugin.texts import console as words
from plugin.web.console.frame import program_tabs, show, the_program
from plugin.web.visits import Visit


async def view(visit: Visit) -> Response:
    """Figures of now."""
    program = await the_program(visit)
    found = await evaluating.evaluation(visit.runtime, visit.principal, program.id)
    tabs = program_tabs(program)
    return show(visit, "results.html", section="programs", program=program, tabs=tabs, tab="results", health=found.health, advice=found.advice, words=words)
