"""Signing in: Circle offers members no OAuth, so a member shows that they read the mail of their account (protocol of codes in the service)."""

from collections.abc import Mapping

from mentorgraph.host import Identity, Installation, SignInRefused, SignInStart

_ELSEWHERE = "In a Circle community one signs in with a code that is sent by e-mail."


def sign_in_start(installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:  # noqa: ARG001 - the port's signature
    """There is no page of Circle that a browser could be sent to. Raises :class:`SignInRefused`."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def sign_in_finish(installation: Installation, answer: Mapping[str, str]) -> Identity:  # noqa: ARG001 - the port's signature
    """Raises :class:`SignInRefused`, for no answer of this kind can be one of ours."""
    raise SignInRefused(_ELSEWHERE, reason="not_offered")


def peek_nonce(answer: Mapping[str, str]) -> str | None:  # noqa: ARG001 - the port's signature
    """None: no answer carries one."""
    return None
