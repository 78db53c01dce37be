"""What is behind a round's pairs, in plain words."""

from collections.abc import Iterable

from plugin.domain.designs import Criterion, CriterionKind, Side
from plugin.domain.rounds import LET_DOWN, Part
from plugin.graph.matching import Cause
from plugin.store.unit_of_work import UnitOfWork

_SAID = {
    CriterionKind.SKILL: ("offers {share} of the skills wanted, at the level wanted", "could use what they offer ({share})"),
    CriterionKind.NEED: ("has shown to know what is needed ({share})", "asks about what they know ({share})"),
    CriterionKind.GOALS: ("goals alike by {share}", "goals alike by {share}"),
    CriterionKind.LANGUAGE: ("a common language ({share})", "a common language ({share})"),
    CriterionKind.TIMEZONE: ("near in time zones ({share})", "near in time zones ({share})"),
    CriterionKind.AVAILABILITY: ("{share} of the common hours wanted", "{share} of the common hours wanted"),
    CriterionKind.SENIORITY: ("as far ahead as wanted ({share})", "as far ahead as wanted ({share})"),
    CriterionKind.BACKGROUND: ("backgrounds meet what is wanted by {share}", "backgrounds meet what is wanted by {share}"),
    CriterionKind.PAST: ("know each other from before ({share})", "know each other from before ({share})"),
    CriterionKind.ANSWER: ("answers go together by {share}", "answers go together by {share}"),
}

WAITING = {
    "no_candidates": "nobody was a candidate",
    "rules": "rules or bans removed every candidate",
    "not_chosen": "nobody who is allowed was chosen",
    "full": "every candidate who is allowed is full",
    "outscored": "the round is better by its objective without placing them",
    "mentor_left": "their mentor left the community since",
    "no_hours": "they named no hours",
    "no_shared_hour": "too few others can meet when they can",
    "apart": "every group with a place has somebody they are kept apart from",
    "enough_mentors": "every group has as many mentors as it may",
    "not_placed": "the groups were formed without them",
}
"""Why somebody waits."""

GROUP_WAITING = {
    "full": "no group has a place left",
    "together": "those they stay together with could not be placed beside them",
}
"""The same of groups, where it means something else."""

OBSTACLES = {
    "not_a_candidate": "the two were not looked at: others fit both far better",
    "forbidden": "somebody forbade this pair by hand",
    "rule": "a rule removes this pair",
    "mentee_has_better": "the mentee got a mentor who fits better",
    "mentor_full": "every place of the mentor is taken by somebody who fits at least as well",
    "mentor_full_of_others": "every place of the mentor is taken",
    "round_is_better": "the two would gain, and others would lose more",
    "cannot_hold": "pins and minimums leave no round with this pair",
}
"""What stands between two people."""


def sentence(part: Part, criteria: dict[str, Criterion]) -> str:
    """A part of a score as a short sentence."""
    if part.criterion == LET_DOWN:
        return "Comes first: was let down lately by somebody who did not come"
    criterion = criteria.get(part.criterion)
    if criterion is None:
        return f"{part.criterion}: {part.fit:.0%}"
    both = _SAID[criterion.kind]
    said = both[0 if part.side is Side.MENTEE else 1].format(share=f"{part.fit:.0%}")
    if both[0] == both[1]:
        said += ", as the mentee wishes" if part.side is Side.MENTEE else ", as the mentor wishes"
    return f"{criterion.label}: {said}" if criterion.label else said[0].upper() + said[1:]


def causes_in_words(causes: Iterable[Cause], unit: UnitOfWork) -> str:
    """What cannot hold together, in one line with names."""
    listed = list(causes)
    people = unit.members.many({member for cause in listed for member in (cause.mentor, cause.mentee) if member is not None})

    def name(member: int | None) -> str:
        found = people.get(member) if member is not None else None
        return found.username if found is not None else "a former member"

    said = []
    for cause in listed:
        if cause.kind == "rule":
            said.append(f"the rule “{cause.name}”")
        elif cause.kind == "minimum":
            said.append(f"at least {cause.minimum} for {name(cause.mentor)}")
        else:
            said.append(f"{'the pin of' if cause.kind == 'pin' else 'the ban on'} {name(cause.mentee)} with {name(cause.mentor)}")
    return f"these cannot hold together: {'; '.join(said) or 'the candidates and the choices'}. Drop one of them."
