#!/usr/bin/env python3
"""A command of ours that dies at a marked step: SIGKILL from within, as a power cut would have it, the N-th time that the step is passed.

usage: killed.py STEP N COMMAND …    such as: killed.py committed 20 serve --port 8000
       killed.py --list
"""

import asyncio
import functools
import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


@dataclass(frozen=True)
class Step:
    """A place in the code: before or after a function that is looked up as ``module:name``; the first that is called for the database at hand."""

    places: tuple[str, ...]
    after: bool = False


STEPS = {
    "read": Step(("plugin.web.hooks:Hooks.begin", "plugin.web.hooks:Hooks.answer")),
    "verified": Step(("integrations.discourse.host:Discourse.verify",), after=True),
    "inserting": Step(("plugin.store.sqlite_intake:_write", "plugin.store.postgres_intake:_insert")),
    "inserted": Step(("plugin.store.sqlite_intake:_write",), after=True),
    "committed": Step(("plugin.store.sqlite_intake:SqliteIntake.put", "plugin.store.postgres_intake:PostgresIntake.put"), after=True),
    "answering": Step(("plugin.web.door:Door._answer",)),
    "applying": Step(("plugin.services.hosts.handlers:apply",)),
    "applied": Step(("plugin.services.hosts.handlers:apply",), after=True),
    "handled": Step(("plugin.store.inbox:Inbox.handled",), after=True),
    "settling": Step(("integrations.discourse.client:DiscourseClient.read",), after=True),
    "suggested": Step(("plugin.services.messages.outgoing:post",), after=True),
    "sending": Step(("integrations.discourse.client:DiscourseClient.send",)),
    "sent": Step(("integrations.discourse.client:DiscourseClient.send",), after=True),
    "marked": Step(("plugin.store.repositories.outbox:Outbox.sent",), after=True),
}
"""What happens to a delivery and to a message, in order."""


def mark(step: Step, number: int) -> None:
    """Make this process die the ``number``-th time that it passes the step."""
    passed = count(1)

    def pass_by() -> None:
        if next(passed) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    for place in step.places:
        module, _, path = place.partition(":")
        *owners, name = path.split(".")
        owner = functools.reduce(getattr, owners, importlib.import_module(module))
        found = owner.__dict__[name]
        inner = found.__func__ if isinstance(found, staticmethod) else found
        marked = _marked(inner, pass_by, after=step.after)
        setattr(owner, name, staticmethod(marked) if isinstance(found, staticmethod) else marked)


def _marked(inner: Callable[..., Any], pass_by: Callable[[], None], *, after: bool) -> Callable[..., Any]:
    if asyncio.iscoroutinefunction(inner):

        async def later(*args: object, **kwargs: object) -> object:
            if not after:
                pass_by()
            result: object = await inner(*args, **kwargs)
            if after:
                pass_by()
            return result

        return functools.wraps(inner)(later)

    def now(*args: object, **kwargs: object) -> object:
        if not after:
            pass_by()
        result: object = inner(*args, **kwargs)
        if after:
            pass_by()
        return result

    return functools.wraps(inner)(now)


def main() -> None:
    if sys.argv[1:] == ["--list"]:
        sys.stdout.write("\n".join(STEPS) + "\n")
        return
    step, number, *command = sys.argv[1:]
    # As the launcher does: nothing of what is imported is garbage.
    gc.disable()
    mark(STEPS[step], int(number))
    from plugin.cli.main import app

    gc.enable()
    sys.argv = ["mentorgraph", *command]
    app()


if __name__ == "__main__":
    main()
