"""Reasons in plain words."""

from collections.abc import Callable, Mapping

from plugin.domain.needs import Reason

Facts = Mapping[str, float | int | str]


def sentence(reason: Reason) -> str:
    """A reason as one sentence a member understands."""
    phrase = _PHRASES.get(reason.criterion)
    return phrase(reason) if phrase else reason.criterion.replace("_", " ").capitalize()


_PHRASES: dict[str, Callable[[Reason], str]] = {}
