"""What is refused is said in the reader's language, whatever values stand in it."""

import ast
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from babel.util import pathmatch

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.forms import Form, FormPurpose, Question, QuestionKind
from plugin.domain.forms.checking import AnswersRefused, check
from plugin.domain.goals import ItemState
from plugin.domain.ledger import EntryState
from plugin.domain.programs import ProgramState, Role
from plugin.domain.recruiting import InvitationState, WaveState
from plugin.domain.reports import ReportState
from plugin.domain.rewards import AwardState
from plugin.domain.rounds import RoundKind, RoundState
from plugin.errors import Conflict, Invalid, Remark
from plugin.texts import languages, translate
from plugin.texts.__main__ import FOR_PROGRAMS, KEYWORDS, ROOT
from plugin.web.pages import Speaker

CLASSES = {name for name in KEYWORDS if name[0].isupper()}
SAID_OF = (ProgramState, EnrolmentState, Role, InvitationState, WaveState, ReportState, AwardState, RoundState, RoundKind, ItemState, EntryState)


def calls(node: ast.AST) -> list[ast.Call]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in CLASSES and one.args]


def person_reads(path: Path) -> bool:
    return not any(path.relative_to(ROOT).full_match(one) if hasattr(path, "full_match") else path.relative_to(ROOT).match(one) for one in FOR_PROGRAMS)


def test_what_only_programs_read_is_where_it_is_said_to_be() -> None:
    files = [str(one.relative_to(ROOT)) for one in ROOT.rglob("*.py")]
    assert [pattern for pattern in FOR_PROGRAMS if not any(pathmatch(pattern, one) for one in files)] == []


def test_no_refusal_is_made_of_pieces_that_no_catalogue_can_hold() -> None:
    """A text with values in it is a template with their names; one put together before would be English for everybody."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in calls(tree) if person_reads(path) else []:
            first = call.args[0]
            nested = [one for each in (*call.args, *(word.value for word in call.keywords)) for one in calls(each) if isinstance(one.args[0], ast.Constant)]
            if not isinstance(first, ast.Constant | ast.Name | ast.Attribute | ast.Subscript) or nested:
                found.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert found == []


@pytest.mark.parametrize("language", [one for one in languages() if one != "en"])
@pytest.mark.parametrize("states", SAID_OF)
def test_states_and_roles_within_a_sentence_have_words(states: type[StrEnum], language: str) -> None:
    for one in states:
        assert translate(one.value, language=language) != one.value


def test_a_refusal_is_said_with_its_values_in_the_readers_language() -> None:
    error = Conflict("a program that is {state} can go to: {possible}", state=ProgramState.DRAFT, possible=[ProgramState.ENROLLING, ProgramState.ARCHIVED])
    assert error.message == "a program that is draft can go to: enrolling, archived"
    assert Speaker("de").error(error.remark) == "Ein Programm im Zustand „Entwurf“ kann weitergehen zu: Anmeldung offen, archiviert."
    until = Invalid("you are on a break until {until}: appeal, or write to the managers", until=date(2026, 12, 1))
    assert until.message == "you are on a break until 2026-12-01: appeal, or write to the managers"
    assert Speaker("de").error(until.remark) == "Du pausierst bis zum 01.12.2026: Erhebe Einspruch, oder schreib der Leitung."


def test_names_and_words_of_people_are_never_translated_or_filled_in() -> None:
    error = Invalid("the bank has no question “{name}”", name="mentor {0} {kind} draft")
    assert error.message == "the bank has no question “mentor {0} {kind} draft”"
    assert Speaker("de").error(error.remark) == "Die Sammlung hat keine Frage „mentor {0} {kind} draft“."
    assert Invalid("a host says {this} %s").message == "a host says {this} %s"


def test_what_is_wrong_with_an_answer_is_said_in_the_readers_language() -> None:
    about = Question(key="about", kind=QuestionKind.SHORT_TEXT, label="About {you}", required=True, least=5)
    found = check(Form(id=1, program_id=None, name="F", purpose=FormPurpose.MENTEE, questions=(about,)), {"about": "hm"})
    refused = AnswersRefused(found.problems)
    assert refused.message == "About {you}: at least 5 characters"
    assert Speaker("de").error(refused.remark) == "About {you}: mindestens 5 Zeichen."


def test_a_remark_is_what_it_says() -> None:
    assert Remark("{most} names", most=3) == Remark("{most} names", most=3) != Remark("{most} names", most=4)
    assert len({Remark("{most} names", most=3), Remark("{most} names", most=3)}) == 1
