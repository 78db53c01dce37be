"""Reasons in plain words."""

import pytest

from plugin.domain.needs import Reason
from plugin.graph.signals import CRITERIA
from plugin.services.wording import TELLING, sentence, telling


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
