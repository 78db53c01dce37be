"""The words of forms that are the product's own, in the language of whoever makes a form, and of whoever reads it.

A form is kept in the language that its community had when it was made. What managers wrote, or changed, is theirs and stays as it is; what is a template's
still, in whichever language, is shown in the reader's.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache

from plugin.domain.forms import Form, FormPurpose, Question
from plugin.domain.forms.templates import TEMPLATES, template
from plugin.domain.people import Principal
from plugin.services.messages.reaching import reach_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, languages, translate

Say = Callable[[str, str], str]
"""From the place of a text in a question, and the text, to the text that is to stand there."""


def _reworded(one: Question, say: Say) -> Question:
    options = tuple(replace(each, label=say(f"{one.key}.{each.key}", each.label), help=say(f"{one.key}.{each.key}.help", each.help)) for each in one.options)
    ends = say(f"{one.key}.low", one.low_label), say(f"{one.key}.high", one.high_label)
    return replace(one, label=say(one.key, one.label), help=say(f"{one.key}.help", one.help), low_label=ends[0], high_label=ends[1], options=options)


def from_template(unit: UnitOfWork, purpose: FormPurpose) -> tuple[str, tuple[Question, ...]]:
    """Name and questions of the form to start from, in the community's language. Raises :class:`KeyError` for a purpose without one."""
    language = language_of(unit.community.locale)
    name, questions = template(purpose)
    return translate(name, language=language), tuple(_reworded(one, lambda _place, text: translate(text, language=language)) for one in questions)


@lru_cache(maxsize=16)
def _sources(purpose: FormPurpose) -> Mapping[tuple[str, str], str]:
    """By place and wording, in each language that there is, the text of the purpose's template."""
    found: dict[tuple[str, str], str] = {}

    def say(place: str, text: str) -> str:
        for language in languages():
            found[place, translate(text, language=language)] = text
        return text

    name, questions = template(purpose)
    say("", name)
    for one in questions:
        _reworded(one, say)
    return found


def spoken(form: Form, *, language: str) -> Form:
    """A form as it is shown to whoever reads ``language``."""
    if form.purpose not in TEMPLATES:
        return form
    sources = _sources(form.purpose)

    def say(place: str, text: str) -> str:
        source = sources.get((place, text)) if text else None
        return text if source is None else translate(source, language=language)

    return replace(form, name=say("", form.name), questions=tuple(_reworded(one, say) for one in form.questions))


async def reading_language(runtime: Runtime, principal: Principal) -> str:
    """The language of the member who asks; the community's for a service."""

    def work(unit: UnitOfWork) -> str:
        member = None if principal.member_id is None else unit.members.get(principal.member_id)
        return language_of(unit.community.locale if member is None else reach_of(unit, member).locale)

    return await runtime.database.read(principal.installation_id, work)
