"""What admins of a community choose: read from their words, and put into force."""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import partial

from plugin.domain.community import POLICY_KEYS, Policy
from plugin.domain.screening import ADULT, YOUNGEST
from plugin.errors import Invalid
from plugin.services.recruiting import announcing
from plugin.services.runtime import Runtime
from plugin.store.repositories.readings import SweepState
from plugin.store.unit_of_work import UnitOfWork

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_ORIGIN = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?(?::[0-9]{1,5})?\Z|http://(?:127\.0\.0\.1|localhost):[0-9]{1,5}\Z")


async def configure(runtime: Runtime, installation_id: int, changes: Mapping[str, str], *, by: str = "operator") -> Policy:
    """Change an admin's choices; ``by`` is for the audit log.

    What follows from them (who agreed, which posts count) is worked out when the community is read next, which is at once.
    """

    def work(unit: UnitOfWork) -> Policy:
        before, policy = unit.policy, parse_policy(changes, unit.policy)
        unit.update_installation(policy=policy_values(policy))
        if policy.minimum_age != before.minimum_age:
            # What a reply says of one's age is part of what announcements say.
            announcing.follow_all(unit)
        for sweep_state in unit.sweeps.all():
            unit.sweeps.put(SweepState(sweep=sweep_state.sweep, number=sweep_state.number))
        unit.wake("reconcile")
        unit.record("policy.changed", actor=by, keys=sorted(changes))
        return policy

    policy = await runtime.database.write(installation_id, work)
    runtime.forget(installation_id)
    return policy


def parse_policy(changes: Mapping[str, str], base: Policy) -> Policy:
    """``base`` with an admin's words put in. Raises :class:`Invalid` that names the key and what it takes."""
    values: dict[str, object] = {}
    for key, word in changes.items():
        if key not in POLICY_KEYS:
            raise Invalid("there is no setting “{key}”; there are: {choices}", field=key, key=key, choices=", ".join(POLICY_KEYS))
        try:
            values[key] = _value(key, word.strip())
        except ValueError:
            raise Invalid("{key} takes {what}", field=key, key=key, what=POLICY_KEYS[key]) from None
    return replace(base, **values)  # type: ignore[arg-type]  # the keys are Policy's own


def _value(key: str, word: str) -> object:
    return _READERS[key](word) if key in _READERS else word


def _parts(word: str) -> tuple[str, ...]:
    return tuple(part for part in (part.strip() for part in word.split(",")) if part)


def _origins(word: str) -> tuple[str, ...]:
    parts = _parts(word)
    if not all(_ORIGIN.match(part) for part in parts):
        raise ValueError(word)
    return parts


def _whole(word: str, *, most: int) -> int:
    number = int(word)
    if not 1 <= number <= most:
        raise ValueError(word)
    return number


def _age(word: str) -> int:
    age = int(word)
    if not YOUNGEST <= age <= ADULT:
        raise ValueError(word)
    return age


def _share(word: str) -> float:
    share = float(word)
    if not 0 <= share <= 1:
        raise ValueError(word)
    return share


def _yes_or_no(word: str) -> str:
    if word not in {"yes", "no"}:
        raise ValueError(word)
    return word


def _colour(word: str) -> str:
    if word and not _COLOUR.match(word.lower()):
        raise ValueError(word)
    return word.lower()


_READERS: Mapping[str, Callable[[str], object]] = {
    "spaces": _parts,
    "pages": _origins,
    "suggestions_per_need": partial(_whole, most=20),
    "messages_per_day": partial(_whole, most=100),
    "codes_by_message": _yes_or_no,
    "accent": _colour,
    "minimum_age": _age,
    "spread": _share,
}
"""How a word of an admin's is read; each raises :class:`ValueError`. Other keys take any word."""


def policy_values(policy: Policy) -> dict[str, object]:
    """A policy as it is stored."""
    return {one.name: list(value) if isinstance(value := getattr(policy, one.name), tuple) else value for one in fields(policy)}
