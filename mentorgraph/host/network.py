"""How a host's client reaches the network. Given by the service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """An answer of a host, whole and within the size limit. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What a host allows, from its manifest: at most ``per_minute`` requests over any minute, with at most ``burst`` at once.

    ``per_month`` is a quota of a calendar month (UTC), and ``per_address`` what the host lets through in any five minutes from one address, whichever of its
    communities is asked about; 0 means that there is none.
    """

    per_minute: int
    burst: int = 1
    per_month: int = 0
    per_address: int = 0


class Http(Protocol):
    """How a host's client reaches the network. Given by the service: it guards addresses, bounds time and size, and paces the calls.

    Raises :class:`HostUnreachable` when there is no answer, :class:`HostBroken` when the answer is larger than allowed or redirects to another host,
    :class:`HostDenied` when a header, such as one with the key, holds what cannot be sent. Any status comes back as a :class:`Response`; what it means is the
    host's business. A ``429`` or ``503`` is waited for and retried first, for as long as the caller's patience lasts and only for requests that can be
    repeated.
    """

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,
    ) -> Response: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that goes to the host in a form (``multipart/form-data``)."""

    content: bytes = field(repr=False)
    part: str
    """The name that the host's form knows the file by."""
    name: str
    media_type: str


@runtime_checkable
class UploadingHttp(Http, Protocol):
    """An :class:`Http` that can send files as well. Nothing that is sent this way is repeated."""

    async def upload(self, url: str, upload: Upload, *, headers: Mapping[str, str] | None = None, form: Sequence[tuple[str, str]] = ()) -> Response: ...
