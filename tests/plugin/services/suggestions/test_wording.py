"""Reasons in plain words."""

import pytest

from mentorgraph.host import DirectMessage
from plugin.domain.members import Member
from plugin.domain.needs import Need, Reason, Suggestion
from plugin.graph.signals import CRITERIA
from plugin.services.suggestions.wording import TELLING, sentence, suggestion_message, telling
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import Shown
from tests.plugin.services.taking_part import crowd_of
from tests.plugin.support import World


@pytest.mark.parametrize("criterion", sorted({*CRITERIA.values(), "spread"}))
@pytest.mark.parametrize("contribution", [3.0, -3.0])
def test_every_criterion_has_words_of_its_own(criterion: str, contribution: float) -> None:
    said = sentence(Reason(criterion=criterion, contribution=contribution))
    assert said != sentence(Reason(criterion="other", contribution=contribution))
    assert said[0].isupper()
    assert "{" not in said


def test_numbers_and_words_are_said_as_they_are() -> None:
    assert sentence(Reason(criterion="topic", contribution=3, facts={"topics": 1}, words=("soil",))) == "Answered 1 question about soil"
    several = Reason(criterion="topic", contribution=3, facts={"topics": 4}, words=("soil", "roses", "apples", "pears"))
    assert sentence(several) == "Answered 4 questions about soil, roses and apples"


def test_what_says_most_comes_first_and_nothing_against() -> None:
    reasons = [Reason(criterion=one, contribution=1.0) for one in reversed(TELLING)] + [Reason(criterion="hours", contribution=9.0)]
    assert [one.criterion for one in telling(reasons)] == list(TELLING)
    assert telling([Reason(criterion="topic", contribution=-1.0), Reason(criterion="help", contribution=1.0)])[0].criterion == "help"


async def test_who_could_help_is_told_in_the_language_of_who_asked(small_world: World) -> None:
    crowd = await crowd_of(small_world)
    await crowd.member("mia", locale="de")
    await crowd.member("ann")

    def write(unit: UnitOfWork) -> DirectMessage:
        mia, ann = (unit.members.get(crowd.id(name)) for name in ("mia", "ann"))
        assert isinstance(mia, Member)
        assert isinstance(ann, Member)
        need = Need(id=1, member_id=mia.id, text="soil", topic_id=None, stated_at=unit.now)
        why = (Reason(criterion="topic", contribution=3, facts={"topics": 1}, words=("soil",)),)
        one = Suggestion(id=1, need_id=1, member_id=ann.id, for_member_id=mia.id, score=3, rank=1, reasons=why, created_at=unit.now)
        return suggestion_message(mia, need, [one], {ann.id: ann}, unit)

    message = await small_world.database.read(small_world.installation_id, write)
    assert message.title == "Mitglieder, die dir helfen könnten"
    said = Shown(message.title, message.body).text
    assert "Du hättest gern Hilfe bei: soil" in said
    assert sentence(Reason(criterion="topic", contribution=3, facts={"topics": 1}, words=("soil",)), language="de") in said
