"""How a program is doing: figures with their intervals, goals, advice with the rule behind it, and what surveys say."""

from starlette.responses import Response

from plugin.services.programs import evaluating
from plugin.services.questions import form_words
from plugin.texts import console as words
from plugin.web.console.frame import program_tabs, show, the_program
from plugin.web.visits import Visit


async def view(visit: Visit) -> Response:
    """Figures of now."""
    program = await the_program(visit)
    found = await evaluating.evaluation(visit.runtime, visit.principal, program.id)
    surveys = []
    for form in await evaluating.survey_forms(visit.runtime, visit.principal, program.id):
        _form, said = await evaluating.results(visit.runtime, visit.principal, form.id, program_id=program.id)
        spoken = form_words.spoken(form, language=visit.speaker.language)
        labels = {one.key: (one.label, {option.key: option.label for option in one.options}) for one in spoken.questions}
        surveys.append((spoken.name, said, labels))
    seen = {"health": found.health, "advice": found.advice, "surveys": surveys, "words": words}
    return show(visit, "results.html", section="programs", program=program, tabs=program_tabs(program), tab="results", **seen)
