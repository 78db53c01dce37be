"""One tree of errors.

Each class carries the HTTP status it becomes at an edge and a stable machine word. The message is one line for a person that says what to do; it never holds a
secret. What is not in this tree is unexpected: it becomes a masked 500 with an id to look up.
"""


class PluginError(Exception):
    """Something expected went wrong."""

    status_code: int = 400
    code: str = "invalid"

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class Invalid(PluginError):
    """A value that a person or a program gave cannot be used. ``field`` names it where there is one."""


class Unauthenticated(PluginError):
    """No token, or one that is unknown, expired or revoked."""

    status_code = 401
    code = "unauthenticated"


class Forbidden(PluginError):
    """The token is good but does not reach this far."""

    status_code = 403
    code = "forbidden"


class NotFound(PluginError):
    """There is no such thing, or this caller may not know of it. The two are one answer on purpose."""

    status_code = 404
    code = "not_found"


class Conflict(PluginError):
    """The thing is in a state that does not allow this."""

    status_code = 409
    code = "conflict"


class Gone(PluginError):
    """The thing was there and will not come back under this address."""

    status_code = 410
    code = "gone"


class TooLarge(PluginError):
    """More bytes, items or depth than is let in."""

    status_code = 413
    code = "too_large"


class TooMany(PluginError):
    """Asked too often; ``retry_after`` is in seconds."""

    status_code = 429
    code = "too_many"

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(PluginError):
    """The database cannot be used right now; nothing was kept and the caller should try again."""

    status_code = 503
    code = "unavailable"


class Misconfigured(PluginError):
    """The service cannot start like this."""

    status_code = 500
    code = "misconfigured"
