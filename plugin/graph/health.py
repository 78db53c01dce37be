"""A program's figures from its facts, as they stood at any time."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from plugin.domain.health import (
    AS_PLANNED,
    AT_MOST,
    LONG,
    QUIET_AFTER,
    REPLY_WITHIN,
    Ask,
    Cohort,
    Facts,
    Figure,
    Goal,
    Health,
    Load,
    Measure,
    Meeting,
    Pair,
    Person,
    Progress,
    Reach,
    Replies,
    Voice,
)
from plugin.graph import scales
from plugin.graph.inequality import gini
from plugin.graph.scales import Estimate


def released(voices: Iterable[Voice]) -> Sequence[Voice]:
    """Answers that may show in figures: in whole batches, in the order of giving.

    A figure that moved with every answer would tell what the last one said to whoever looks twice.
    """
    return scales.batches(sorted(voices, key=lambda one: one.at))


def figure(estimate: Estimate | None) -> Figure | None:
    """An estimate as the domain's figure."""
    return None if estimate is None else Figure(value=estimate.value, low=estimate.low, high=estimate.high, n=estimate.n)


def health(facts: Facts, *, now: datetime) -> Health:
    """The figures as they stood at ``now``, from what had happened by then."""
    people = [one for one in facts.people if one.at <= now and (one.left_at is None or one.left_at > now)]
    mentors, mentees = _of(people, "mentor"), _of(people, "mentee")
    begun = [one for one in facts.pairs if one.began_at <= now]
    running = [one for one in begun if one.ended_at is None or one.ended_at > now]
    ever, today = _mentees_of(begun), _mentees_of(running)
    carried = _carried(running)
    quiet = sorted((_heard(one, now), one.id) for one in running)
    stalled = tuple(number for heard, number in quiet if now - heard > QUIET_AFTER)
    meetings = [one for one in facts.meetings if one.at <= now]
    held, missed = sum(one.held is True for one in meetings), sum(one.held is False for one in meetings)
    voices = [one for one in facts.voices if one.at <= now]
    asked = [one for one in facts.surveys if one.at <= now]
    answered = sum(one.answered_at is not None and one.answered_at <= now for one in asked)
    matched = len(mentees.keys() & ever)
    found = Health(
        at=now,
        mentors=len(mentors),
        mentees=len(mentees),
        matched=matched,
        match_rate=figure(scales.share(matched, len(mentees))),
        waiting=sum(not one.paused and key not in today for key, one in mentees.items()),
        places=sum(max(0, one.capacity - carried[key]) for key, one in mentors.items() if not one.paused),
        active=len(running) - len(stalled),
        stalled=stalled,
        ended=dict(sorted(Counter(one.reason for one in begun if one.ended_at is not None and one.ended_at <= now).items())),
        replies=_replies(facts.asks, now),
        load=_load(mentors, carried),
        sessions_held=held,
        sessions_missed=missed,
        missed_rate=figure(scales.share(missed, held + missed)),
        reach=_reach(facts, set(mentors) | set(mentees)),
        quality=_quality(voices),
        nps=_nps(voices),
        answered=answered,
        answer_rate=figure(scales.share(answered, len(asked))),
        goals=(),
    )
    return _with_goals(found, facts, begun, meetings, voices)


def _of(people: Iterable[Person], role: str) -> dict[int, Person]:
    return {one.member_id: one for one in people if one.role == role}


def _mentees_of(pairs: Iterable[Pair]) -> set[int]:
    return {one for pair in pairs for one in pair.mentees if one is not None}


def _carried(running: Iterable[Pair]) -> Counter[int]:
    carried: Counter[int] = Counter()
    for one in running:
        if one.mentor_id is not None:
            carried[one.mentor_id] += len(one.mentees)
    return carried


def _heard(pair: Pair, now: datetime) -> datetime:
    return max([pair.began_at, *(sign for sign in pair.signs if sign <= now)])


def _replies(asks: Iterable[Ask], now: datetime) -> Replies:
    asked = [one for one in asks if one.at <= now]
    hours = [(one.replied_at - one.at) / timedelta(hours=1) for one in asked if one.replied_at is not None and one.replied_at <= now]
    # One that is still young, and one that its sender took back in time, say nothing about replies yet.
    old = [one for one in asked if one.at + REPLY_WITHIN <= now and not _taken_back(one)]
    in_time = sum(one.replied_at is not None and one.replied_at - one.at <= REPLY_WITHIN for one in old)
    waiting = sum((one.replied_at is None or one.replied_at > now) and (one.closed_at is None or one.closed_at > now) for one in old)
    return Replies(
        asked=len(asked),
        replied=len(hours),
        median_hours=median(hours) if hours else None,
        in_time=figure(scales.share(in_time, len(old))),
        waiting=waiting,
    )


def _taken_back(one: Ask) -> bool:
    return one.replied_at is None and one.closed_at is not None and one.closed_at - one.at <= REPLY_WITHIN


def _load(mentors: dict[int, Person], carried: Counter[int]) -> Load:
    loads = [carried[key] for key in mentors]
    idle = sum(not one.paused and one.capacity > 0 and not carried[key] for key, one in mentors.items())
    return Load(gini=gini(loads) if any(loads) else 0.0, most=max(loads, default=0), idle=idle)


def _reach(facts: Facts, enrolled: set[int]) -> tuple[Reach, ...]:
    found = []
    for name, members in sorted(facts.audiences.items()):
        count = len(members & enrolled)
        found.append(Reach(audience=name, members=len(members), enrolled=count, share=figure(scales.share(count, len(members)))))
    return tuple(found)


def _quality(voices: Iterable[Voice]) -> Figure | None:
    return figure(scales.mean([one.quality for one in released(one for one in voices if one.quality is not None) if one.quality is not None]))


def _nps(voices: Iterable[Voice]) -> Figure | None:
    return figure(scales.nps([one.recommend for one in released(one for one in voices if one.recommend is not None) if one.recommend is not None]))


def _goals_reached(voices: Iterable[Voice]) -> float | None:
    closing = released(one for one in voices if one.goal_reached is not None)
    return sum(one.goal_reached is True for one in closing) / len(closing) if closing else None


def _with_goals(found: Health, facts: Facts, begun: Sequence[Pair], meetings: Sequence[Meeting], voices: Sequence[Voice]) -> Health:
    values: dict[Measure, float | None] = {
        Measure.MENTEES: found.mentees,
        Measure.MENTORS: found.mentors,
        Measure.MATCHED: found.matched,
        Measure.MATCH_RATE: None if found.match_rate is None else found.match_rate.value,
        Measure.SESSIONS: found.sessions_held,
        Measure.SESSIONS_PER_PAIR: found.sessions_held / len(begun) if begun else None,
        Measure.DAYS_TO_FIRST_SESSION: _days_to_first(begun, meetings),
        Measure.ACTIVE_AFTER_90_DAYS: _active_after(begun, found.at),
        Measure.RETENTION_90_DAYS: _retention(facts.people, found.at),
        Measure.COMPLETION_RATE: sum(count for why, count in found.ended.items() if why in AS_PLANNED) / sum(found.ended.values()) if found.ended else None,
        Measure.QUALITY: None if found.quality is None else found.quality.value,
        Measure.GOALS_REACHED: _goals_reached(voices),
        Measure.NPS: None if found.nps is None else found.nps.value,
    }
    return replace(found, goals=tuple(Progress(goal=goal, value=values[goal.measure], met=_met(goal, values[goal.measure])) for goal in facts.goals))


def _met(goal: Goal, value: float | None) -> bool:
    if value is None:
        return False
    return value <= goal.target if goal.measure in AT_MOST else value >= goal.target


def _days_to_first(begun: Iterable[Pair], meetings: Iterable[Meeting]) -> float | None:
    first: dict[int, datetime] = {}
    for one in meetings:
        if one.held:
            first[one.pair_id] = min(one.at, first.get(one.pair_id, one.at))
    days = [max(timedelta(0), first[one.id] - one.began_at) / timedelta(days=1) for one in begun if one.id in first]
    return median(days) if days else None


def _active_after(begun: Iterable[Pair], now: datetime) -> float | None:
    old = [one for one in begun if one.began_at + LONG <= now]
    stayed = sum(one.ended_at is None or one.ended_at > now or one.ended_at - one.began_at >= LONG for one in old)
    return stayed / len(old) if old else None


def _retention(people: Iterable[Person], now: datetime) -> float | None:
    old = [one for one in people if one.role == "mentee" and one.at + LONG <= now]
    around = sum(one.seen_at is not None and one.seen_at - one.at >= LONG for one in old)
    return around / len(old) if old else None


def over_time(facts: Facts, *, since: datetime, now: datetime, step: timedelta = timedelta(days=7), most: int = 120) -> tuple[Health, ...]:
    """The figures at ``now`` and at every ``step`` before it back to ``since``, the oldest first, at most ``most`` of them."""
    moments: list[datetime] = []
    moment = now
    while moment >= since and len(moments) < most:
        moments.append(moment)
        moment -= step
    return tuple(health(facts, now=one) for one in reversed(moments))


def cohorts(facts: Facts, *, now: datetime) -> tuple[Cohort, ...]:
    """Mentees by cohort, each compared with all the others together.

    Figures about answers rest on :data:`~plugin.domain.health.MIN_CELL` people on both sides, or are left out.
    """
    ever = _mentees_of(one for one in facts.pairs if one.began_at <= now)
    mentees = [one for one in facts.people if one.role == "mentee" and one.at <= now and (one.left_at is None or one.left_at > now)]
    voices = [one for one in facts.voices if one.at <= now and one.quality is not None]
    found = []
    for name in sorted({one.cohort for one in mentees}):
        ours, others = _split(mentees, name)
        hits, other_hits = sum(one.member_id in ever for one in ours), sum(one.member_id in ever for one in others)
        said, other_said = _said(voices, name)
        found.append(
            Cohort(
                name=name,
                mentees=len(ours),
                match_rate=figure(scales.share(hits, len(ours))),
                match_difference=figure(scales.share_difference(hits, len(ours), other_hits, len(others))),
                quality=figure(scales.mean(said)),
                quality_difference=figure(scales.mean_difference(said, other_said)),
            )
        )
    return tuple(found)


def _split(mentees: Iterable[Person], name: str) -> tuple[list[Person], list[Person]]:
    everybody = list(mentees)
    return [one for one in everybody if one.cohort == name], [one for one in everybody if one.cohort != name]


def _said(voices: Sequence[Voice], name: str) -> tuple[list[float], list[float]]:
    ours = [one.quality for one in released(one for one in voices if one.cohort == name) if one.quality is not None]
    others = [one.quality for one in released(one for one in voices if one.cohort != name) if one.quality is not None]
    return ours, others
