"""Calls of Circle's Admin API v2: addresses, headers, and what an answer means (https://api.circle.so/apis/admin-api).

The token identifies the community. Circle's network refuses requests without a user agent of one's own; the service always sends one. A wrong path is answered
by a page of HTML, so an answer counts only if it is JSON.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson

from integrations.circle.manifest import MANIFEST
from integrations.values import Json, flag, mapping, number, text
from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostInvalid, HostNotFound, Http, Installation, Response

Method = Literal["GET", "POST", "PUT", "DELETE"]
Params = Sequence[tuple[str, str]]

API_URL = "https://app.circle.so"
PREFIX = "/api/admin/v2"
_LONGEST_WAIT = 86_400.0
_NOT_ELIGIBLE = "not eligible"
_SCHEMES = {"token": "Token", "bearer": "Bearer"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a listing. ``more`` is the host's own word: its count of pages is wrong in its own examples."""

    records: Sequence[Json]
    more: bool
    total: int | None


class Api:
    """One community's API with one token.

    Every method raises a :class:`HostError` for an answer that is not what was asked for: :class:`HostBusy` for 429 and 502 to 504, :class:`HostDenied` for 401
    and 403, :class:`HostNotFound` for 404, :class:`HostInvalid` for 400 and 422, and :class:`HostBroken` for the rest.
    """

    def __init__(self, installation: Installation, http: Http) -> None:
        settings = installation.settings
        self._base_url, self._http = settings.get("api_url", API_URL).rstrip("/"), http
        scheme = _SCHEMES.get(settings.get("token_scheme", "token").lower(), "Token")
        self._headers = {"Accept": "application/json", "Authorization": f"{scheme} {installation.api_key}"}

    async def get(self, path: str, params: Params = ()) -> Json:
        """An object."""
        return await self._call("GET", path, params=params, repeatable=True)

    async def page(self, path: str, number_of_page: int, params: Params = (), *, per_page: int = 100) -> Page:
        """One page of a listing, counted from 1. A page without a list is not an empty one."""
        found = await self.get(path, [*params, ("page", str(number_of_page)), ("per_page", str(per_page))])
        records = found.get("records")
        if not isinstance(records, list):
            raise HostBroken("Circle's answer is not what Circle sends: a list of records was expected.")
        return Page(
            records=[item for item in records if isinstance(item, dict)], more=flag(found.get("has_next_page")) is True, total=number(found.get("count"))
        )

    async def write(self, method: Method, path: str, json: Mapping[str, object] | None = None, *, params: Params = (), repeatable: bool) -> Json:
        """Change something. ``repeatable`` says that doing it twice is no harm. Circle also says no with a good status."""
        found = await self._call(method, path, params=params, json=json, repeatable=repeatable)
        if flag(found.get("success")) is False:
            raise HostInvalid("Circle refused the values.", details=_lines(found))
        return found

    async def _call(self, method: Method, path: str, *, params: Params = (), json: Mapping[str, object] | None = None, repeatable: bool) -> Json:
        url = f"{self._base_url}{PREFIX}{path}"
        response = await self._http.request(method, url, headers=self._headers, params=params, json=json, repeatable=repeatable)
        body = _object(response.body)
        if not 200 <= response.status < 300:
            raise _error(response, body)
        if body is None:
            if not response.body.strip():
                return {}
            raise HostBroken("Circle's answer is not what Circle sends: an object was expected.")
        return body


def _object(body: bytes) -> Json | None:
    try:
        found: object = orjson.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _lines(body: Json) -> list[str]:
    """What Circle says: ``message`` or ``errors``, and details that are an object, a text or nothing."""
    said = [line for key in ("message", "errors") if (line := text(body.get(key)))]
    details = body.get("error_details")
    if isinstance(details, str):
        said.append(details[:255])
    for name, value in mapping(details).items():
        first = value[0] if isinstance(value, list) and value else value
        if line := text(first):
            said.append(f"{name}: {line}")
    return said[:10]


def _error(response: Response, body: Json | None) -> HostError:
    status, lines = response.status, _lines(body or {})
    if status == 429:
        return HostBusy("Circle asks to wait.", retry_after=_retry_after(response))
    if status in {502, 503, 504}:
        return HostBusy(f"Circle cannot answer for the moment (status {status}).", reason="unavailable")
    if status == 401:
        return HostDenied("Circle refuses the token: it is wrong, was revoked, or is of another kind; an Admin API v2 token is needed.", reason="key_refused")
    if status == 403:
        return _forbidden(body, lines)
    if status == 404:
        if body is None:
            return HostBroken("Circle has no such address.", reason="no_such_address")
        return HostNotFound("Circle has no such thing, or does not show it to this token.")
    if status in {400, 422}:
        return HostInvalid(f"Circle refused the values (status {status}).", details=lines)
    return HostBroken(f"Circle answered with status {status}.", reason="server_error" if status >= 500 else None)


def _forbidden(body: Json | None, lines: Sequence[str]) -> HostDenied:
    if body is None:
        return HostDenied("Circle's network refused the request before Circle saw it.", reason="network_refused")
    if any(_NOT_ELIGIBLE in line for line in lines):
        return HostDenied("This community's plan does not include the Admin API; Circle offers it from the Business plan on.", reason="plan")
    return HostDenied("Circle does not let this token do this.", reason="limit" if any("limit" in line.lower() for line in lines) else None)


def _retry_after(response: Response) -> float:
    """Seconds to wait. Circle does not document a header; one that is there is obeyed."""
    said = response.headers.get("retry-after", "")
    return min(float(said), _LONGEST_WAIT) if said.isascii() and said.isdigit() and len(said) < 10 else MANIFEST.retry_after
