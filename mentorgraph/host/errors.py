"""What can go wrong with a host, as the service tells it apart."""

from collections.abc import Sequence


class HostError(Exception):
    """A host, or something that claims to be one, did not do what it should.

    ``reason`` is a stable machine word for metrics and tests; the message is one line for a person and never holds a secret or a member's words.
    """

    reason: str = "host_error"

    def __init__(self, message: str, *, reason: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if reason is not None:
            self.reason = reason


class DeliveryRefused(HostError):
    """A delivery is not authentic or not well formed. ``status`` is the 4xx answer the host gets."""

    reason = "refused"

    def __init__(self, message: str, *, reason: str, status: int = 401) -> None:
        super().__init__(message, reason=reason)
        self.status = status


class SignInRefused(HostError):
    """A sign-in answer is not authentic, not ours, or says that nobody is signed in (``reason="not_signed_in"``)."""

    reason = "sign_in_refused"


class HostUnreachable(HostError):
    """No answer: name not found, refused, timed out, broken off, or not HTTP. Worth trying again later."""

    reason = "unreachable"


class HostBusy(HostError):
    """The host asks us to wait (``retry_after`` seconds), or is read-only or rebuilding for the moment."""

    reason = "busy"

    def __init__(self, message: str, *, retry_after: float | None = None, reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.retry_after = retry_after


class HostDenied(HostError):
    """The key is wrong, was revoked, or does not reach that far. Trying again does not help until an admin acts."""

    reason = "denied"


class HostNotFound(HostError):
    """The host says there is no such thing, or will not show it to this key."""

    reason = "not_found"


class HostInvalid(HostError):
    """The host understood and refused the values, such as a title that is too short. ``details`` are the host's own lines."""

    reason = "invalid"

    def __init__(self, message: str, *, details: Sequence[str] = (), reason: str | None = None) -> None:
        super().__init__(message, reason=reason)
        self.details = tuple(details)


class HostBroken(HostError):
    """The answer is not what this host sends: HTML for JSON, cut short, too large, or of another shape."""

    reason = "broken"
