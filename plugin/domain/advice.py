"""What follows from a program's figures. Every piece of advice names its rule and the numbers that set it off.

The thresholds are those that mentoring platforms publish as targets (match rate 70 %, relationship quality 4 of 5, a pair stuck after 21 days, an answer within
48 hours) or, where nobody publishes one, ours; each rule says which. An interval decides where there is one: advice is given when the data make it likely, not
when three people happened to answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from plugin.domain.health import Health, Reach


class Urgency(IntEnum):
    """How soon to act."""

    NOTE = 1
    SOON = 2
    NOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Why advice is given. ``because`` says it in words, with the source of its threshold."""

    name: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do. ``mentorships`` are those it is about."""

    rule: Rule
    urgency: Urgency
    text: str
    numbers: Mapping[str, float] = field(default_factory=dict)
    mentorships: tuple[int, ...] = ()


MATCH_TARGET = 0.70
QUALITY_TARGET = 4.0
REPLY_TARGET = 0.80
GINI_LIMIT = 0.5
MISSED_LIMIT = 0.20
ANSWER_TARGET = 0.50
CROWD = 5
"""Fewer people than this are cared for one by one, not by recruiting policy."""

PAUSE_MENTEES = Rule(
    name="recruit.pause_mentees", because="at least 5 mentees wait, and they are more than one and a half times the free places (our threshold)"
)
MORE_MENTORS = Rule(name="recruit.mentors", because="more mentees wait than mentors could still take")
MORE_MENTEES = Rule(name="recruit.mentees", because="at least 5 mentors with free places have nobody, and nobody waits (our threshold)")
MATCH_NOW = Rule(name="match.waiting", because="fewer than 70 % of the mentees have or had a mentor (a published target) while places are free")
STALLED = Rule(name="pairs.stalled", because="no sign for 21 days (the alert that platforms publish)")
REPLIES = Rule(name="replies.slow", because="even the upper end of the interval has fewer than 80 % of requests replied to within 48 hours (our threshold)")
LOAD = Rule(name="load.uneven", because="the Gini coefficient of mentees over mentors is above 0.5 while mentors with free places have nobody (our threshold)")
MISSED = Rule(name="sessions.missed", because="even the lower end of the interval has more than 20 % of the sessions missed (our threshold)")
QUALITY = Rule(name="quality.low", because="even the upper end of the pulse's interval is below 4 of 5 (a published target of platforms)")
ANSWERS = Rule(name="surveys.unanswered", because="even the upper end of the interval has fewer than half of the surveys answered (our threshold)")
REACH = Rule(name="reach.missing", because="the interval of this audience's share lies wholly below that of the audience that is reached best")
GOALS = Rule(name="goals.behind", because="the program is completed and the goal is not met")

RULES = (PAUSE_MENTEES, MORE_MENTORS, MORE_MENTEES, MATCH_NOW, STALLED, REPLIES, LOAD, MISSED, QUALITY, ANSWERS, REACH, GOALS)
"""Every rule there is."""


def advise(health: Health, *, completed: bool = False) -> tuple[Advice, ...]:
    """What follows from the figures, the most urgent first. ``completed`` says that the program has ended, so that its goals can be judged."""
    found = [one for rule in _RULES for one in rule(health)]
    if completed:
        found += _goals(health)
    return tuple(sorted(found, key=lambda one: (-one.urgency, [rule.name for rule in RULES].index(one.rule.name))))


def _people(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _recruiting(health: Health) -> Iterable[Advice]:
    numbers = {"waiting": health.waiting, "places": health.places}
    waiting = _people(health.waiting, "mentee waits", "mentees wait")
    places = _people(health.places, "place is free", "places are free")
    if health.waiting >= CROWD and health.waiting > 1.5 * health.places:
        yield Advice(rule=PAUSE_MENTEES, urgency=Urgency.NOW, text=f"Pause recruiting mentees: {waiting} and {places}.", numbers=numbers)
    if health.waiting > health.places:
        missing = _people(health.waiting - health.places, "more place", "more places")
        yield Advice(rule=MORE_MENTORS, urgency=Urgency.SOON, text=f"Recruit mentors for {missing}: {waiting} and {places}.", numbers=numbers)
    elif not health.waiting and health.load.idle >= CROWD:
        numbers = {"idle": health.load.idle, "places": health.places}
        yield Advice(rule=MORE_MENTEES, urgency=Urgency.SOON, text=f"Recruit mentees: {health.load.idle} mentors have nobody and {places}.", numbers=numbers)


def _matching(health: Health) -> Iterable[Advice]:
    rate = health.match_rate
    if rate is not None and rate.value < MATCH_TARGET and health.waiting >= CROWD and health.places:
        numbers = {"match_rate": rate.value, "waiting": health.waiting, "places": health.places}
        could = min(health.waiting, health.places)
        yield Advice(rule=MATCH_NOW, urgency=Urgency.SOON, text=f"Run a round: {could} of the waiting mentees could have a mentor now.", numbers=numbers)


def _stalled(health: Health) -> Iterable[Advice]:
    if health.stalled:
        count = len(health.stalled)
        text = "This pair needs a word." if count == 1 else f"These {count} pairs need a word."
        numbers = {"stalled": count, "running": health.running}
        yield Advice(rule=STALLED, urgency=Urgency.NOW, text=text, numbers=numbers, mentorships=health.stalled)


def _replies(health: Health) -> Iterable[Advice]:
    share = health.replies.in_time
    if share is not None and share.n >= CROWD and share.high is not None and share.high < REPLY_TARGET:
        numbers = {"in_time": share.value, "waiting": health.replies.waiting, "asked": health.replies.asked}
        text = f"Remind mentors of requests: {share.value:.0%} had a reply within 48 hours, and {health.replies.waiting} wait longer now."
        yield Advice(rule=REPLIES, urgency=Urgency.SOON, text=text, numbers=numbers)


def _load(health: Health) -> Iterable[Advice]:
    if health.load.gini > GINI_LIMIT and health.load.idle and health.load.most > 1 and health.mentors >= CROWD:
        numbers = {"gini": health.load.gini, "most": health.load.most, "idle": health.load.idle}
        idle = _people(health.load.idle, "mentor with free places has nobody", "mentors with free places have nobody")
        text = f"Spread the load: one mentor has {_people(health.load.most, 'mentee', 'mentees')}, while {idle}."
        yield Advice(rule=LOAD, urgency=Urgency.NOTE, text=text, numbers=numbers)


def _sessions(health: Health) -> Iterable[Advice]:
    rate = health.missed_rate
    if rate is not None and rate.low is not None and rate.low > MISSED_LIMIT:
        numbers = {"missed_rate": rate.value, "missed": health.sessions_missed, "held": health.sessions_held}
        yield Advice(rule=MISSED, urgency=Urgency.SOON, text=f"Ask what keeps people from sessions: {rate.value:.0%} were missed.", numbers=numbers)


def _surveys(health: Health) -> Iterable[Advice]:
    if health.quality is not None and health.quality.high is not None and health.quality.high < QUALITY_TARGET:
        numbers = {"quality": health.quality.value, "high": health.quality.high, "answers": health.quality.n}
        text = f"Talk with the pairs about how it goes: the pulse is at {health.quality.value:.1f} of 5."
        yield Advice(rule=QUALITY, urgency=Urgency.SOON, text=text, numbers=numbers)
    rate = health.answer_rate
    if rate is not None and rate.high is not None and rate.high < ANSWER_TARGET:
        text = f"Say what answers are for: {rate.value:.0%} of the surveys were answered."
        yield Advice(rule=ANSWERS, urgency=Urgency.NOTE, text=text, numbers={"answer_rate": rate.value, "asked": rate.n})


def _reach(health: Health) -> Iterable[Advice]:
    known = [one for one in health.reach if one.share is not None]
    best = max(known, key=lambda one: one.share.value if one.share is not None else 0.0, default=None)
    for one in known:
        if best is not None and _below(one, best):
            numbers = {"members": one.members, "enrolled": one.enrolled}
            text = f"Invite {one.audience}: {one.enrolled} of {one.members} take part, of {best.audience} {best.enrolled} of {best.members}."
            yield Advice(rule=REACH, urgency=Urgency.NOTE, text=text, numbers=numbers)


def _below(one: Reach, best: Reach) -> bool:
    if one.share is None or best.share is None or one.share.high is None or best.share.low is None:
        return False
    return one.share.high < best.share.low


def _goals(health: Health) -> Iterable[Advice]:
    for one in health.goals:
        if not one.met:
            have = "there is no figure for it" if one.value is None else f"it is at {one.value:g}"
            numbers = {"target": one.goal.target} | ({} if one.value is None else {"value": one.value})
            yield Advice(rule=GOALS, urgency=Urgency.NOTE, text=f"Goal not met: {one.goal.name}, {one.goal.target:g}; {have}.", numbers=numbers)


_RULES: tuple[Callable[[Health], Iterable[Advice]], ...] = (_recruiting, _matching, _stalled, _replies, _load, _sessions, _surveys, _reach)
