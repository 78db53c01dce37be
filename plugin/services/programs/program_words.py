"""The words of programs that are the product's own: a program begins in the language of its community, and is read in the reader's.

What managers wrote, or changed, is theirs and stays as it is; what is a template's still, in whichever language, is shown in the reader's.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from plugin.domain.people import Principal
from plugin.domain.programs import Plan
from plugin.domain.templates import TEMPLATES
from plugin.errors import Invalid
from plugin.services.runtime import Runtime
from plugin.texts import language_of, languages, translate

_WORDS = ("name", "purpose", "audience", "needs", "mentor_benefits", "mentee_benefits", "code_of_conduct")


async def template(runtime: Runtime, principal: Principal, name: str) -> Plan:
    """A program to start from, in the community's language. Raises :class:`Invalid` that names those there are."""
    found = TEMPLATES.get(name)
    if found is None:
        raise Invalid("there is no template “{name}”; there are: {choices}", field="template", name=name, choices=", ".join(sorted(TEMPLATES)))
    locale = await runtime.database.read(principal.installation_id, lambda unit: unit.community.locale)
    return in_language(found, language_of(locale))


def in_language(plan: Plan, language: str) -> Plan:
    """A template in a language."""
    said: dict[str, Any] = {name: translate(getattr(plan, name), language=language) for name in _WORDS}
    return replace(plan, goals=tuple(replace(one, text=translate(one.text, language=language)) for one in plan.goals), **said)


@lru_cache(maxsize=1)
def _sources() -> Mapping[str, str]:
    """By its wording in each language that there is, every text of the templates."""
    texts = {getattr(plan, name) for plan in TEMPLATES.values() for name in _WORDS} | {goal.text for plan in TEMPLATES.values() for goal in plan.goals}
    return {translate(text, language=language): text for text in texts for language in languages()}


def spoken(text: str, *, language: str) -> str:
    """What is said of a program as it is shown to whoever reads ``language``."""
    source = _sources().get(text)
    return text if source is None else translate(source, language=language)
