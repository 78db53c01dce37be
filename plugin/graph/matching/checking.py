"""What a problem must be: people listed once and in one role, places, candidates that exist, rules over all of them, pins and bans of members."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from plugin.errors import Invalid

if TYPE_CHECKING:
    from plugin.graph.matching.problem import Problem

LARGEST = 1e6
"""Scores beyond this, either way, are refused: sums of whole numbers made of them would no longer be exact."""


def check(p: "Problem") -> None:
    """Raise :class:`~plugin.errors.Invalid` with the field and what to change."""
    _check_people(p)
    _check_edges(p)
    _check_offers(p)
    for kind, pairs in (("forced", p.forced), ("forbidden", p.forbidden)):
        _check_pairs(p, kind, pairs)
    for member in p.first:
        if member not in p.mentee_index:
            raise Invalid("first: {mentee} is not a mentee of this round", code="unknown_member", field="first", mentee=member)


def _check_people(p: "Problem") -> None:
    if not p.mentors:
        raise Invalid("there are no mentors: a round needs at least one on each side", code="empty_side", field="mentors")
    if not p.mentees:
        raise Invalid("there are no mentees: a round needs at least one on each side", code="empty_side", field="mentees")
    if len(p.mentor_index) < len(p.mentors):
        raise Invalid("mentor {name} is listed twice: list everyone once", code="duplicate", field="mentors", name=_repeated([seat.id for seat in p.mentors]))
    if len(p.mentee_index) < len(p.mentees):
        raise Invalid("mentee {name} is listed twice: list everyone once", code="duplicate", field="mentees", name=_repeated(list(p.mentees)))
    both = p.mentor_index.keys() & p.mentee_index.keys()
    if both:
        raise Invalid("member {member} is both mentor and mentee in this round: choose one role", code="two_roles", field="mentees", member=min(both))
    most = p.MOST_PLACES
    for seat in p.mentors:
        if not 1 <= seat.capacity <= most:
            raise Invalid(
                "mentor {id} has capacity {capacity}: give them 1 to {most} places or leave them out",
                code="bad_capacity",
                field="mentors",
                id=seat.id,
                capacity=seat.capacity,
                most=most,
            )
        if not 0 <= seat.minimum <= seat.capacity:
            raise Invalid(
                "mentor {id} has a minimum of {minimum}: choose 0 to {capacity}, their places",
                code="bad_minimum",
                field="mentors",
                id=seat.id,
                minimum=seat.minimum,
                capacity=seat.capacity,
            )
    if len(p.demand) != len(p.mentees):
        raise Invalid("{count} demands for {mentees} mentees: give one each", code="bad_demand", field="demand", count=len(p.demand), mentees=len(p.mentees))
    for mentee, wanted in zip(p.mentees, p.demand, strict=True):
        if not 1 <= wanted <= most:
            raise Invalid(
                "mentee {mentee} wants {wanted} mentors: choose 1 to {most} or leave them out",
                code="bad_demand",
                field="demand",
                mentee=mentee,
                wanted=wanted,
                most=most,
            )


def _check_edges(p: "Problem") -> None:
    e = p.edges
    _check_columns(p)
    for rule in p.rules:
        if rule.allowed.shape != (len(e),) or rule.allowed.dtype != np.bool_:
            raise Invalid(
                "the rule “{name}” must say yes or no to each of the {count} candidate pairs", code="bad_rule", field="rules", name=rule.name, count=len(e)
            )
    names = [rule.name for rule in p.rules]
    if len(set(names)) < len(names):
        raise Invalid("two rules are called “{name}”: give each a name of its own", code="duplicate", field="rules", name=_repeated(names))
    key = np.multiply(e.mentee, len(p.mentors) * (len(p.offers) + 1), dtype=np.int64)
    key += e.mentor * (len(p.offers) + 1) if p.offers else e.mentor
    if e.offer is not None and p.offers:
        key += e.offer + 1
    if not bool((key[1:] > key[:-1]).all()):
        key = np.sort(key)
        twice = key[1:][key[1:] == key[:-1]]
        if len(twice):
            mentee, mentor = divmod(int(twice[0]) // (len(p.offers) + 1), len(p.mentors))
            raise Invalid(
                "mentee {mentee} and mentor {mentor} are a candidate pair twice: list them once",
                code="duplicate",
                field="edges",
                mentee=p.mentees[mentee],
                mentor=p.mentors[mentor].id,
            )


def _check_columns(p: "Problem") -> None:
    e = p.edges
    columns = {"mentee": e.mentee, "mentor": e.mentor, "mentee_rank": e.mentee_rank, "mentor_rank": e.mentor_rank, "offer": e.offer}
    for name, column in columns.items():
        if column is not None and (len(column) != len(e) or column.dtype.kind not in "iu"):
            raise Invalid(
                "the candidates' {name} must be {count} whole numbers, one for each score", code="bad_candidates", field=name, name=name, count=len(e)
            )
    for name, column, size in (("mentee", e.mentee, len(p.mentees)), ("mentor", e.mentor, len(p.mentors))):
        if len(e) and not 0 <= int(column.min()) <= int(column.max()) < size:
            raise Invalid("a candidate pair has a {name} index outside 0 to {size}", code="unknown_member", field=name, name=name, size=size - 1)
    for name, column in (("mentee_rank", e.mentee_rank), ("mentor_rank", e.mentor_rank)):
        if column is not None and len(e) and int(column.min()) < 0:
            raise Invalid("{name} counts from 1; 0 means not chosen, less means nothing", code="bad_candidates", field=name, name=name)
    if len(e) and not (np.isfinite(e.score).all() and -LARGEST <= float(e.score.min()) <= float(e.score.max()) <= LARGEST):
        raise Invalid(
            "scores must be numbers from {least:.0f} to {most:.0f}, usually from 0 to 1", code="bad_candidates", field="score", least=-LARGEST, most=LARGEST
        )


def _check_offers(p: "Problem") -> None:
    e = p.edges
    for number, offer in enumerate(p.offers):
        if not 0 <= offer.mentor < len(p.mentors) or offer.capacity < 1:
            raise Invalid(
                "offer {number} needs a mentor index from 0 to {last} and at least 1 place",
                code="bad_offer",
                field="offers",
                number=number,
                last=len(p.mentors) - 1,
            )
    if e.offer is None or not len(e):
        return
    if not -1 <= int(e.offer.min()) <= int(e.offer.max()) < len(p.offers):
        raise Invalid("a candidate pair names an offer outside -1 to {last}", code="bad_offer", field="offers", last=len(p.offers) - 1)
    owners = np.array([offer.mentor for offer in p.offers] or [0], np.int64)
    if not bool(((e.offer < 0) | (owners[e.offer] == e.mentor)).all()):
        raise Invalid("a candidate pair names an offer of another mentor", code="bad_offer", field="offers")
    if p.offers and max(p.demand) > 1:
        raise Invalid("offers with places of their own go with one mentor for each mentee: set every demand to 1", code="bad_offer", field="demand")


def _check_pairs(p: "Problem", kind: str, pairs: tuple[tuple[int, int], ...]) -> None:
    for mentee, mentor in pairs:
        if mentee not in p.mentee_index:
            raise Invalid("{kind}: {mentee} is not a mentee of this round", code="unknown_member", field=kind, kind=kind, mentee=mentee)
        if mentor not in p.mentor_index:
            raise Invalid("{kind}: {mentor} is not a mentor of this round", code="unknown_member", field=kind, kind=kind, mentor=mentor)
    if len(set(pairs)) < len(pairs):
        raise Invalid("{kind}: a pair is listed twice: list it once", code="duplicate", field=kind, kind=kind)


def _repeated(values: Sequence[int | str]) -> int | str:
    """The first value that was there before."""
    seen: set[int | str] = set()
    return next(value for value in values if value in seen or seen.add(value))  # type: ignore[func-returns-value]  # set.add in a condition
