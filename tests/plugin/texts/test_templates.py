"""Templates hold no words of their own: whatever a person reads comes from the catalogues."""

import re
from pathlib import Path

import pytest

from plugin.domain.templates import TEMPLATES as TEMPLATES_OF_PROGRAMS
from plugin.texts import console
from plugin.web import pages

TEMPLATES = Path(pages.__file__).with_name("templates")
NAMES = {"Mentorgraph", "GraphQL", "GraphiQL", "Europe", "Berlin"}
"""Names, which are the same in every language."""
SPOKEN = re.compile(r'\b(?:aria-label|title|alt|placeholder)="([^"]*)"')


def left_over(source: str) -> list[str]:
    """Words that stand in a template and are neither names nor given to the catalogues."""
    source = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{[{%].*?[%}]\}", "", source, flags=re.DOTALL)
    source = re.sub(r"<(script|style|pre|code|svg)\b.*?</\1>", "", source, flags=re.DOTALL)
    source = re.sub(r"\b(?:[a-z]+-)?[a-z]+=\"[^\"]*\"(?![^<]*>)", "", source)  # attributes that a macro writes, outside of any tag
    said = [" ".join(SPOKEN.findall(source)), re.sub(r"<[^>]*>", " ", source)]
    return [word for word in re.findall(r"[A-Za-z]{3,}", re.sub(r"&\w+;", " ", " ".join(said))) if word not in NAMES]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_holds_no_words(path: Path) -> None:
    assert left_over(path.read_text(encoding="utf-8")) == []


def test_a_word_in_a_template_would_be_found() -> None:
    assert left_over('<p title="Close it">{{ _("Fine") }} <b>Not fine</b>{# no #}</p>') == ["Close", "Not", "fine"]


def test_what_a_template_of_a_program_is_for_is_said_as_its_plan_says_it() -> None:
    assert {key: plan.purpose for key, plan in TEMPLATES_OF_PROGRAMS.items()} == console.TEMPLATE_PURPOSES
