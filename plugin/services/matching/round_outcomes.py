"""Whether what was computed of a round may be kept, and how the round comes out of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from itertools import combinations

from plugin.domain.rounds import Command, Round, RoundState
from plugin.services.matching import round_inputs
from plugin.services.matching.round_checks import step
from plugin.store.unit_of_work import UnitOfWork


def still_wanted(unit: UnitOfWork, one: Round) -> Round | None:
    """The round if it still waits for this computation."""
    now = unit.rounds.get(one.id)
    return now if now is not None and now.state is RoundState.COMPUTING and now.run == one.run else None


def overtaken(unit: UnitOfWork, one: Round, people: Collection[int], *, together: Iterable[Collection[int]]) -> bool:
    """Whether somebody left, withdrew, or was kept apart from somebody they are ``together`` with, while the round was computed.

    It stays where it is then, and is computed anew from what holds now.
    """
    found = unit.members.many(people)
    enrolled = {each.member_id for each in unit.enrolments.of_program(one.program_id) if not each.paused}
    gone = any(member not in found or not found[member].takes_part or member not in enrolled for member in people)
    apart = round_inputs.kept_apart(unit, people)
    if gone or any(frozenset(pair) in apart for each in together for pair in combinations(each, 2)):
        unit.wake("rounds")
        return True
    return False


def finish(unit: UnitOfWork, now: Round, *, figures: Mapping[str, object], pinned: bool = False) -> None:
    """Let a round be computed, once what came out is kept. ``pinned`` says whether somebody keeps a place of theirs by no decision that the round lists."""
    unit.rounds.settle_choices(now.id, done=True)
    done = step(now.state, Command.FINISH, by_hand=pinned or bool(unit.rounds.choices(now.id)))
    unit.rounds.put(replace(now, state=done, progress=1.0, figures=figures, failure="", computed_at=unit.now))
    unit.record("round.computed", actor="worker", round=str(now.id), run=now.run)
