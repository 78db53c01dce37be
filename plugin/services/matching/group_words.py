"""Why a group is as it is: kept as counts of answers, never who gave them, and said in plain words."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from plugin.domain.groups import Group
from plugin.errors import Remark
from plugin.graph.grouping import Grouping, Kind
from plugin.services.matching.group_inputs import Task
from plugin.texts import console as words

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Some Monday, to name half hours of a week."""

Fact = Mapping[str, object]

COUNTED = 4
"""Answers named in a sentence."""


def reasons_of(group: Grouping, task: Task) -> list[dict[str, object]]:
    """Everything that speaks for a group, as plain data: sizes, mentors, the hour, who stays together or apart, and how far each aim is met."""
    design, inside = task.design, set(group.people)
    found = [_fact("size", least=design.smallest, most=design.largest)]
    if design.mentors_at_most:
        found.append(_fact("mentors", least=design.mentors, most=design.mentors_at_most))
    if group.hour is not None:
        found.append(_fact("hour", can=len(inside) - len(group.absent), people=len(inside), shared=len(group.hours)))
    together = sum(pair <= inside for pair in set(task.asked.together))
    apart = sum(len(pair & inside) == 1 for pair in set(task.asked.apart))
    found += [_fact(kind, count=count) for kind, count in (("together", together), ("apart", apart)) if count]
    return found + [
        _fact(
            one.kind.value,
            attribute=one.attribute,
            met=one.met,
            contribution=one.contribution,
            misses=one.misses,
            values=[list(value) for value in one.values],
        )
        for one in group.because
    ]


def _fact(kind: str, **about: object) -> dict[str, object]:
    return {"kind": kind, "attribute": "", "met": 1.0, "contribution": 0.0, "misses": 0, "values": []} | about


def explain(group: Group, *, manager: bool) -> list[tuple[Fact, Remark]]:
    """Each reason of a group with its sentence. Which answers are how frequent in it is for managers alone."""
    return [(one, _said(one, group, manager=manager)) for one in group.reasons]


def _said(one: Fact, group: Group, *, manager: bool) -> Remark:
    match one["kind"]:
        case "size":
            return Remark("members: {count} ({least} to {most} were asked for)", count=len(group.members), least=one["least"], most=one["most"])
        case "mentors":
            return Remark("mentors: {count} ({least} to {most} were asked for)", count=len(group.mentors), least=one["least"], most=one["most"])
        case "hour":
            when = slot_remark(group.slot or 0)
            if one["can"] == one["people"]:
                return Remark("all {people} can meet at this hour: {when} (half hours of the week that all share: {shared})", when=when, **_named(one))
            return Remark("{can} of {people} can meet at this hour: {when}", when=when, **_named(one))
        case "together":
            return Remark("pairs that stay together as was asked: {count}", count=one["count"])
        case "apart":
            return Remark("pairs that are kept apart as was asked, one of them being here: {count}", count=one["count"])
        case Kind.DIVERSIFY.value:
            return _mixed(one, manager=manager)
        case _:
            return _alike(one, manager=manager)


def _named(one: Fact) -> dict[str, object]:
    return {name: one[name] for name in ("can", "people", "shared")}


def _mixed(one: Fact, *, manager: bool) -> Remark:
    named = ", ".join(f"{value} {count}/{share}" for value, count, share in _values(one)[:COUNTED])
    if not manager or not named:
        if one["misses"]:
            return Remark("{attribute}: mixed; places short of the mix of all: {misses}", attribute=one["attribute"], misses=one["misses"])
        return Remark("{attribute}: mixed like all", attribute=one["attribute"])
    if one["misses"]:
        return Remark(
            "{attribute}: mixed; places short of the mix of all: {misses} (here/due: {values})", attribute=one["attribute"], misses=one["misses"], values=named
        )
    return Remark("{attribute}: mixed like all (here/due: {values})", attribute=one["attribute"], values=named)


def _alike(one: Fact, *, manager: bool) -> Remark:
    values = _values(one)
    if manager and len(values) == 2 and all(share == 1 for _, _, share in values):
        return Remark("{attribute}: close together, from {least} to {most}", attribute=one["attribute"], least=values[0][0], most=values[1][0])
    named = ", ".join(f"{value} {count}" for value, count, _ in sorted(values, key=lambda each: -each[1])[:COUNTED])
    if not manager or not named:
        if one["misses"]:
            return Remark("{attribute}: gathered; answers unlike most: {misses}", attribute=one["attribute"], misses=one["misses"])
        return Remark("{attribute}: gathered, all alike", attribute=one["attribute"])
    if one["misses"]:
        return Remark("{attribute}: gathered; answers unlike most: {misses} ({values})", attribute=one["attribute"], misses=one["misses"], values=named)
    return Remark("{attribute}: gathered, all alike ({values})", attribute=one["attribute"], values=named)


def _values(one: Fact) -> list[tuple[str, int, int]]:
    found = one["values"]
    return [(str(value), int(count), int(share)) for value, count, share in found] if isinstance(found, Sequence) else []


def slot_remark(slot: int) -> Remark:
    """A half hour of the week in UTC, such as ``Monday 18:30``."""
    at = MONDAY + timedelta(minutes=30 * slot)
    return Remark("{day} {time} UTC", day=Remark(words.DAYS[at.weekday()]), time=at.strftime("%H:%M"))


def slot_words(slot: int | None) -> str:
    """The same in English, as the API tells it; empty for none."""
    return "" if slot is None else (MONDAY + timedelta(minutes=30 * slot)).strftime("%A %H:%M")
