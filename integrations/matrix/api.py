"""Calls of a homeserver's API: addresses, headers, and what an answer means (https://spec.matrix.org/latest/client-server-api/#standard-error-response)."""

from collections.abc import Mapping, Sequence
from typing import Literal

import orjson

from integrations.matrix.identifiers import segment
from integrations.matrix.manifest import MANIFEST
from integrations.values import Json, mapping, text
from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostInvalid, HostNotFound, Http, Installation, Response

Method = Literal["GET", "POST", "PUT"]
Params = Sequence[tuple[str, str]]

CLIENT = "/_matrix/client/v3"
_LONGEST_WAIT = 86_400.0
_TOKEN_REFUSED = frozenset({"M_UNKNOWN_TOKEN", "M_MISSING_TOKEN", "M_USER_DEACTIVATED", "M_USER_LOCKED", "M_USER_SUSPENDED"})


class Api:
    """One homeserver's API with one access token.

    Every method raises a :class:`HostError` for an answer that is not what was asked for: :class:`HostBusy` for 429 and 502 to 504, :class:`HostDenied` for
    401 and 403, :class:`HostNotFound` for 404, :class:`HostInvalid` for other 4xx (``reason`` is the ``errcode``), and :class:`HostBroken` for the rest.
    """

    def __init__(self, installation: Installation, http: Http) -> None:
        self._base_url, self._http = installation.base_url, http
        self._headers = {"Accept": "application/json"}
        self._token = {"Authorization": f"Bearer {installation.api_key}"}

    async def get(self, path: str, params: Params = (), *, anonymous: bool = False) -> Json:
        """An object."""
        return await self._call("GET", path, params=params, repeatable=True, anonymous=anonymous)

    async def post(self, path: str, json: Mapping[str, object], *, repeatable: bool) -> Json:
        """Change something. ``repeatable`` says that doing it twice is no harm."""
        return await self._call("POST", path, json=json, repeatable=repeatable)

    async def put(self, path: str, json: Mapping[str, object]) -> Json:
        """Put something in its place; by the nature of its address doing it twice is no harm."""
        return await self._call("PUT", path, json=json, repeatable=True)

    async def state(self, room: str, kind: str, key: str = "") -> Json | None:
        """One piece of a room's state; ``None`` where it has none. Raises :class:`HostDenied` when we are not in the room."""
        path = f"{CLIENT}/rooms/{segment(room)}/state/{segment(kind)}" + (f"/{segment(key)}" if key else "")
        try:
            return await self.get(path)
        except HostNotFound:
            return None

    async def _call(
        self, method: Method, path: str, *, params: Params = (), json: Mapping[str, object] | None = None, repeatable: bool, anonymous: bool = False
    ) -> Json:
        headers = self._headers if anonymous else self._headers | self._token
        response = await self._http.request(method, f"{self._base_url}{path}", headers=headers, params=params, json=json, repeatable=repeatable)
        body = _object(response.body)
        if not 200 <= response.status < 300:
            raise _error(response, body or {})
        if body is None:
            raise HostBroken("The homeserver's answer is not what Matrix sends: an object was expected.")
        return body


def _object(body: bytes) -> Json | None:
    try:
        found: object = orjson.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _error(response: Response, body: Json) -> HostError:
    status, code = response.status, text(body.get("errcode"), 60) or ""
    said = text(body.get("error"), 200) or ""
    if status == 429 or code == "M_LIMIT_EXCEEDED":
        return HostBusy("The homeserver asks to wait.", retry_after=_retry_after(response, body))
    if status in {502, 503, 504}:
        return HostBusy(f"The homeserver cannot answer for the moment (status {status}).", reason="unavailable")
    if status == 401 or code in _TOKEN_REFUSED:
        return HostDenied("The homeserver refuses the access token.", reason="key_refused")
    if status == 403:
        return HostDenied("The homeserver does not let our account do this.", reason=code or None)
    if status == 404:
        return HostNotFound("The homeserver has no such thing.", reason=code or None)
    if 400 <= status < 500:
        return HostInvalid(f"The homeserver refused the values (status {status}).", details=[said] if said else [], reason=code or None)
    return HostBroken(f"The homeserver answered with status {status}.", reason="server_error" if status >= 500 else None)


def _retry_after(response: Response, body: Json) -> float:
    """Seconds to wait: the header (since v1.10 of the specification), else ``retry_after_ms``, else a guess."""
    header = response.headers.get("retry-after", "")
    if header.isascii() and header.isdigit():
        return min(float(header), _LONGEST_WAIT)
    said = mapping(body).get("retry_after_ms")
    if isinstance(said, int | float) and not isinstance(said, bool) and said >= 0:
        return min(said / 1000, _LONGEST_WAIT)
    return MANIFEST.retry_after
