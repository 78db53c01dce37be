"""One tree of errors.

Each class carries the HTTP status it becomes at an edge and a stable machine word. The message is one line for a person that says what to do; it never holds a
secret. What is not in this tree is unexpected: it becomes a masked 500 with an id to look up.
"""

from collections.abc import Callable, Mapping
from enum import Enum


class Share(float):
    """A share of one in a remark: said as per cent, in the form of whoever reads it."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return super().__format__(spec or ".0%")


class Remark:
    """One line for a person: a text of the catalogues with placeholders of :meth:`str.format`, and what stands in their places.

    A value that is a remark itself or a member of an enumeration is put into the reader's language too, and so is each of several; texts are not, for they are
    names and words of people.
    """

    __slots__ = ("text", "values")

    def __init__(self, text: str, **values: object) -> None:
        self.text = text
        self.values: Mapping[str, object] = values

    def said(self, translate: Callable[[str], str], show: Callable[[object], object] = lambda value: value) -> str:
        """The line in the language of ``translate``; ``show`` puts numbers and days into its form."""
        text = translate(self.text)
        return text.format(**{name: _said(value, translate, show) for name, value in self.values.items()}) if self.values else text

    def __str__(self) -> str:
        return self.said(str)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remark) and (self.text, self.values) == (other.text, other.values)

    def __hash__(self) -> int:
        return hash(self.text)


def _said(value: object, translate: Callable[[str], str], show: Callable[[object], object]) -> object:
    if isinstance(value, Remark):
        return value.said(translate, show)
    if isinstance(value, Enum):
        return translate(str(value.value))
    if isinstance(value, list | tuple):
        return ", ".join(str(_said(one, translate, show)) for one in value)
    return value if isinstance(value, str) else show(value)


class PluginError(Exception):
    """Something expected went wrong. What the message is about is given as ``values`` of its placeholders, so that it can be said in any language."""

    status_code: int = 400
    code: str = "invalid"

    def __init__(self, message: str | Remark, *, code: str | None = None, field: str | None = None, **values: object) -> None:
        self.remark = message if isinstance(message, Remark) else Remark(message, **values)
        self.message = str(self.remark)
        super().__init__(self.message)
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

    def __init__(self, message: str | Remark, *, retry_after: float) -> None:
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


def headers_of(error: PluginError) -> dict[str, str]:
    """What an answer over HTTP says besides its status: how to identify oneself, when to come back, what is allowed (RFC 9110)."""
    headers: dict[str, str] = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(int(error.retry_after) + 1)
    if error.status_code == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if error.status_code == 405:
        headers["Allow"] = "POST"
    if error.status_code == 503:
        headers["Retry-After"] = "5"
    return headers
