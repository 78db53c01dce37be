"""What follows from a program's figures. Every piece of advice names its rule and the numbers that set it off.

The thresholds are those that mentoring platforms publish as targets (match rate 70 %, relationship quality 4 of 5, a pair stuck after 21 days, an answer within
48 hours) or, where nobody publishes one, ours; each rule says which. An interval decides where there is one: advice is given when the data make it likely, not
when three people happened to answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from plugin.domain.health import SHARES, Health, Measure, Reach
from plugin.errors import Remark, Share


class Urgency(IntEnum):
    """How soon to act."""

    NOTE = 1
    SOON = 2
    NOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Why advice is given. ``because`` says it in words, with the source of its threshold."""

    name: str
    because: Remark


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One thing to do. ``mentorships`` are those it is about."""

    rule: Rule
    urgency: Urgency
    text: Remark
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
    name="recruit.pause_mentees", because=Remark("at least 5 mentees wait, and they are more than one and a half times the free places (our threshold)")
)
MORE_MENTORS = Rule(name="recruit.mentors", because=Remark("more mentees wait than mentors could still take"))
MORE_MENTEES = Rule(name="recruit.mentees", because=Remark("at least 5 mentors with free places have nobody, and nobody waits (our threshold)"))
MATCH_NOW = Rule(name="match.waiting", because=Remark("fewer than 70 % of the mentees have or had a mentor (a published target) while places are free"))
STALLED = Rule(name="pairs.stalled", because=Remark("no sign for 21 days (the alert that platforms publish)"))
REPLIES = Rule(
    name="replies.slow", because=Remark("even the upper end of the interval has fewer than 80 % of requests replied to within 48 hours (our threshold)")
)
LOAD = Rule(
    name="load.uneven", because=Remark("the Gini coefficient of mentees over mentors is above 0.5 while mentors with free places have nobody (our threshold)")
)
MISSED = Rule(name="sessions.missed", because=Remark("even the lower end of the interval has more than 20 % of the sessions missed (our threshold)"))
QUALITY = Rule(name="quality.low", because=Remark("even the upper end of the pulse's interval is below 4 of 5 (a published target of platforms)"))
ANSWERS = Rule(name="surveys.unanswered", because=Remark("even the upper end of the interval has fewer than half of the surveys answered (our threshold)"))
REACH = Rule(name="reach.missing", because=Remark("the interval of this audience's share lies wholly below that of the audience that is reached best"))
GOALS = Rule(name="goals.behind", because=Remark("the program is completed and the goal is not met"))

RULES = (PAUSE_MENTEES, MORE_MENTORS, MORE_MENTEES, MATCH_NOW, STALLED, REPLIES, LOAD, MISSED, QUALITY, ANSWERS, REACH, GOALS)
"""Every rule there is."""


def advise(health: Health, *, completed: bool = False) -> tuple[Advice, ...]:
    """What follows from the figures, the most urgent first. ``completed`` says that the program has ended, so that its goals can be judged."""
    found = [one for rule in _RULES for one in rule(health)]
    if completed:
        found += _goals(health)
    return tuple(sorted(found, key=lambda one: (-one.urgency, [rule.name for rule in RULES].index(one.rule.name))))


def _waiting(count: int) -> Remark:
    return Remark("1 mentee waits") if count == 1 else Remark("{count} mentees wait", count=count)


def _places(count: int) -> Remark:
    return Remark("1 place is free") if count == 1 else Remark("{count} places are free", count=count)


def _recruiting(health: Health) -> Iterable[Advice]:
    numbers = {"waiting": health.waiting, "places": health.places}
    waiting, places = _waiting(health.waiting), _places(health.places)
    if health.waiting >= CROWD and health.waiting > 1.5 * health.places:
        yield Advice(
            rule=PAUSE_MENTEES,
            urgency=Urgency.NOW,
            text=Remark("Pause recruiting mentees: {waiting} and {places}.", waiting=waiting, places=places),
            numbers=numbers,
        )
    if health.waiting > health.places:
        missing = health.waiting - health.places
        many = Remark("Recruit mentors for {count} more places: {waiting} and {places}.", count=missing, waiting=waiting, places=places)
        one = Remark("Recruit mentors for one more place: {waiting} and {places}.", waiting=waiting, places=places)
        yield Advice(rule=MORE_MENTORS, urgency=Urgency.SOON, text=one if missing == 1 else many, numbers=numbers)
    elif not health.waiting and health.load.idle >= CROWD:
        numbers = {"idle": health.load.idle, "places": health.places}
        yield Advice(
            rule=MORE_MENTEES,
            urgency=Urgency.SOON,
            text=Remark("Recruit mentees: {count} mentors have nobody and {places}.", count=health.load.idle, places=places),
            numbers=numbers,
        )


def _matching(health: Health) -> Iterable[Advice]:
    rate = health.match_rate
    if rate is not None and rate.value < MATCH_TARGET and health.waiting >= CROWD and health.places:
        numbers = {"match_rate": rate.value, "waiting": health.waiting, "places": health.places}
        could = min(health.waiting, health.places)
        yield Advice(
            rule=MATCH_NOW,
            urgency=Urgency.SOON,
            text=Remark("Run a round: {count} of the waiting mentees could have a mentor now.", count=could),
            numbers=numbers,
        )


def _stalled(health: Health) -> Iterable[Advice]:
    if health.stalled:
        count = len(health.stalled)
        text = Remark("This pair needs a word.") if count == 1 else Remark("These {count} pairs need a word.", count=count)
        numbers = {"stalled": count, "running": health.running}
        yield Advice(rule=STALLED, urgency=Urgency.NOW, text=text, numbers=numbers, mentorships=health.stalled)


def _replies(health: Health) -> Iterable[Advice]:
    share = health.replies.in_time
    if share is not None and share.n >= CROWD and share.high is not None and share.high < REPLY_TARGET:
        numbers = {"in_time": share.value, "waiting": health.replies.waiting, "asked": health.replies.asked}
        told = Share(share.value)
        many = Remark("Remind mentors of requests: {share} had a reply within 48 hours, and {count} wait longer now.", share=told, count=health.replies.waiting)
        one = Remark("Remind mentors of requests: {share} had a reply within 48 hours, and 1 waits longer now.", share=told)
        yield Advice(rule=REPLIES, urgency=Urgency.SOON, text=one if health.replies.waiting == 1 else many, numbers=numbers)


def _load(health: Health) -> Iterable[Advice]:
    if health.load.gini > GINI_LIMIT and health.load.idle and health.load.most > 1 and health.mentors >= CROWD:
        numbers = {"gini": health.load.gini, "most": health.load.most, "idle": health.load.idle}
        idle = Remark("1 mentor with free places has nobody")
        if health.load.idle > 1:
            idle = Remark("{count} mentors with free places have nobody", count=health.load.idle)
        text = Remark("Spread the load: one mentor has {most} mentees, while {idle}.", most=health.load.most, idle=idle)
        yield Advice(rule=LOAD, urgency=Urgency.NOTE, text=text, numbers=numbers)


def _sessions(health: Health) -> Iterable[Advice]:
    rate = health.missed_rate
    if rate is not None and rate.low is not None and rate.low > MISSED_LIMIT:
        numbers = {"missed_rate": rate.value, "missed": health.sessions_missed, "held": health.sessions_held}
        yield Advice(
            rule=MISSED,
            urgency=Urgency.SOON,
            text=Remark("Ask what keeps people from sessions: {share} were missed.", share=Share(rate.value)),
            numbers=numbers,
        )


def _surveys(health: Health) -> Iterable[Advice]:
    if health.quality is not None and health.quality.high is not None and health.quality.high < QUALITY_TARGET:
        numbers = {"quality": health.quality.value, "high": health.quality.high, "answers": health.quality.n}
        text = Remark("Talk with the pairs about how it goes: the pulse is at {value} of 5.", value=round(health.quality.value, 1))
        yield Advice(rule=QUALITY, urgency=Urgency.SOON, text=text, numbers=numbers)
    rate = health.answer_rate
    if rate is not None and rate.high is not None and rate.high < ANSWER_TARGET:
        text = Remark("Say what answers are for: {share} of the surveys were answered.", share=Share(rate.value))
        yield Advice(rule=ANSWERS, urgency=Urgency.NOTE, text=text, numbers={"answer_rate": rate.value, "asked": rate.n})


def _reach(health: Health) -> Iterable[Advice]:
    known = [one for one in health.reach if one.share is not None]
    best = max(known, key=lambda one: one.share.value if one.share is not None else 0.0, default=None)
    for one in known:
        if best is not None and _below(one, best):
            numbers = {"members": one.members, "enrolled": one.enrolled}
            told = {"audience": one.audience, "enrolled": one.enrolled, "members": one.members}
            better = {"best": best.audience, "best_enrolled": best.enrolled, "best_members": best.members}
            text = Remark("Invite {audience}: {enrolled} of {members} take part, of {best} {best_enrolled} of {best_members}.", **told, **better)
            yield Advice(rule=REACH, urgency=Urgency.NOTE, text=text, numbers=numbers)


def _below(one: Reach, best: Reach) -> bool:
    if one.share is None or best.share is None or one.share.high is None or best.share.low is None:
        return False
    return one.share.high < best.share.low


def _measured(measure: Measure, value: float) -> float:
    if measure in SHARES:
        return Share(value)
    return int(value) if value == int(value) else round(value, 2)


def _goals(health: Health) -> Iterable[Advice]:
    for one in health.goals:
        if not one.met:
            have = Remark("there is no figure for it") if one.value is None else Remark("it is at {value}", value=_measured(one.goal.measure, one.value))
            numbers = {"target": one.goal.target} | ({} if one.value is None else {"value": one.value})
            yield Advice(
                rule=GOALS,
                urgency=Urgency.NOTE,
                text=Remark("Goal not met: {goal}, {target}; {have}.", goal=one.goal.name, target=_measured(one.goal.measure, one.goal.target), have=have),
                numbers=numbers,
            )


_RULES: tuple[Callable[[Health], Iterable[Advice]], ...] = (_recruiting, _matching, _stalled, _replies, _load, _sessions, _surveys, _reach)
