"""The short way of a query: known by its text, executed by its plan, written as bytes.

Everything that guards the long way (:mod:`schema.http`, :mod:`schema.limits`) holds here too, by the same functions: who asks, which documents they may send,
what it costs, how long it may take. What is in any way unusual goes the long way from the beginning, so that there is one place that says no.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import orjson

from plugin.domain.people import OFFICE_SCOPES
from plugin.errors import PluginError
from schema import limits, trusted
from schema.budget import Budgets, Charge
from schema.context import Context
from schema.plans.answers import Answer, Answers, may_be_kept
from schema.plans.store import Plans, Prepared, variables_key

_KEYS = {"query", "documentId", "variables", "operationName", "extensions"}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request whose shape is right."""

    text: str
    name: str | None
    variables: Mapping[str, Any]


def _asked(body: bytes, audience: str) -> _Asked | None:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(data, dict) or not data.keys() <= _KEYS:
        return None
    query, name, variables, extensions = data.get("query"), data.get("operationName"), data.get("variables"), data.get("extensions")
    if not (isinstance(query, str | None) and isinstance(name, str | None) and isinstance(variables, dict | None) and isinstance(extensions, dict | None)):
        return None
    text = trusted.resolve(query, name=trusted.named(data.get("documentId"), extensions), audience=audience)
    return None if text is None else _Asked(text, name, variables or {})


@dataclass
class Quick:
    """Answers what has a plan."""

    plans: Plans
    budgets: Budgets
    answers: Answers = field(default_factory=lambda: Answers(monotonic))

    async def answer(self, body: bytes, context: Context) -> bytes | None:
        """The whole answer as JSON; ``None`` for what has to go the long way. Nothing is charged for that."""
        principal = context.principal
        if principal is None:
            return None
        self.answers.follow(principal.installation_id, context.epoch)
        try:
            asked = _asked(body, principal.audience)
        except PluginError:
            return None
        prepared = None if asked is None else self.plans.find(asked.text, asked.name)
        if asked is None or prepared is None:
            return None
        try:
            key = variables_key(asked.variables)
        except TypeError:
            return None
        requested = prepared.cost(asked.variables, key)
        # What an office shows depends on the host's word, which may run out while no row changes.
        keeps = prepared.trusted and may_be_kept(prepared.plan) and not principal.scopes & OFFICE_SCOPES
        place = (principal.installation_id, principal.token_id, asked.text, asked.name, key)
        found = self.answers.find(place, epoch=context.epoch) if keeps else None
        if found is not None:
            charge = self.budgets.charge(principal, requested, back=_unused(requested, found))
            if charge.retry_after > 0:
                return None
        else:
            if self.budgets.charge(principal, requested).retry_after > 0:
                return None
            try:
                found = await _worked_out(prepared, asked, context)
            except BaseException as error:
                self.budgets.charge(principal, -requested)
                if isinstance(error, Exception):
                    return None
                raise
            charge = self.budgets.charge(principal, -_unused(requested, found))
            if keeps:
                self.answers.keep(place, found, epoch=context.epoch)
        actual = min(requested, found.values)
        context.runtime.meter.answered("plan", requested=requested, actual=actual)
        return _written(found.data, requested, actual, charge)


async def _worked_out(prepared: Prepared, asked: _Asked, context: Context) -> Answer:
    async with asyncio.timeout(limits.MAX_SECONDS):
        data, values = await prepared.plan.run(context, asked.variables)
    return Answer(orjson.dumps(data), values)


def _unused(requested: int, found: Answer) -> float:
    """What is given back: half of what was asked for and did not come."""
    return (requested - min(requested, found.values)) / 2


def _written(data: bytes, requested: int, actual: int, charge: Charge) -> bytes:
    throttle = b'"throttle":{"maximum":%d,"available":%d,"restoredPerSecond":%d}' % (charge.maximum, charge.available, charge.restored)
    return b'{"data":%b,"extensions":{"cost":{"requested":%d,"actual":%d,%b}}}' % (data, requested, actual, throttle)
