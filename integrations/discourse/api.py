"""Calls of the forum's API: addresses, headers, and what an answer means.

Texts of errors are in the forum's language, so only the status and ``error_type`` count.
"""

import re
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Literal

import orjson

from integrations.discourse.manifest import MANIFEST
from integrations.values import Json, flag, mapping, number, text, texts
from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostInvalid, HostNotFound, Http, Installation, Response, Upload, UploadingHttp

Method = Literal["GET", "POST", "PUT", "DELETE"]
Params = Sequence[tuple[str, str]]

_LONGEST_WAIT = 86_400.0
_TOPIC_IN_ADDRESS = re.compile(r"/t/(?:[^/?#]+/)?([0-9]+)")


class Api:
    """One forum's API with one key.

    Every method raises a :class:`HostError` for an answer that is not what was asked for: :class:`HostBusy` for 429, 503 and while the forum is rebuilt,
    :class:`HostDenied` for 401 and 403, :class:`HostNotFound` for 404 and 410, :class:`HostInvalid` for 400 and 422, and :class:`HostBroken` for the rest.
    """

    def __init__(self, installation: Installation, http: Http) -> None:
        self._base_url, self._http = installation.base_url, http
        self._headers = {"Accept": "application/json"}
        self._key = {"Api-Key": installation.api_key, "Api-Username": installation.api_username}

    async def get(self, path: str, params: Params = (), *, anonymous: bool = False) -> Json:
        """An object. An empty answer is none."""
        return _object(await self._call("GET", path, params=params, anonymous=anonymous))

    async def get_listed(self, path: str, params: Params = (), *, under: Sequence[str]) -> list[Json]:
        """The objects of a list inside an object. A list that is not there is not an empty one."""
        found: object = await self.get(path, params)
        for key in under:
            found = mapping(found).get(key)
        if not isinstance(found, list):
            raise _broken(f"a list of {under[-1]} was expected")
        return [item for item in found if isinstance(item, dict)]

    async def get_list(self, path: str, params: Params = ()) -> list[object]:
        """A list, where the forum answers with a bare one."""
        found = await self._call("GET", path, params=params)
        if not isinstance(found, list):
            raise _broken("a list was expected")
        return found

    async def write(self, method: Method, path: str, json: Mapping[str, object] | None = None, *, repeatable: bool) -> Json:
        """Change something. ``repeatable`` says that doing it twice is no harm, so that it may be tried again by the network's own means."""
        response = await self._request(method, path, json=json, repeatable=repeatable)
        found = {} if 200 <= response.status < 300 and not response.body.strip() else _object(_meaning(response))
        if flag(found.get("success")) is False:
            raise HostInvalid("The forum refused the values.", details=_details(found))
        return found

    async def upload(self, path: str, file: Upload) -> Json:
        """Send a file. Raises :class:`HostInvalid` where this service has no way to send one."""
        if not isinstance(self._http, UploadingHttp):
            raise HostInvalid("Files cannot be sent from here.", reason="no_uploads")
        return _object(_meaning(await self._http.upload(f"{self._base_url}{path}", file, headers=self._headers | self._key)))

    async def topic_by_external_id(self, external_id: str) -> str | None:
        """The id of the topic that was created with ``external_id``. The forum answers with the way to the topic; the network may have gone it already."""
        response = await self._request("GET", f"/t/external_id/{external_id}.json")
        location = response.headers.get("location", "")
        if 300 <= response.status < 400 and (found := _TOPIC_IN_ADDRESS.search(location)):
            return found[1]
        try:
            topic = number(_object(_meaning(response)).get("id"))
        except HostNotFound:
            return None
        if topic is None:
            raise _broken("a topic was expected")
        return str(topic)

    async def _call(
        self,
        method: Method,
        path: str,
        *,
        params: Params = (),
        anonymous: bool = False,
    ) -> object:
        return _meaning(await self._request(method, path, params=params, anonymous=anonymous))

    async def _request(
        self,
        method: Method,
        path: str,
        *,
        params: Params = (),
        json: Mapping[str, object] | None = None,
        repeatable: bool | None = None,
        anonymous: bool = False,
    ) -> Response:
        headers = self._headers if anonymous else self._headers | self._key
        return await self._http.request(method, f"{self._base_url}{path}", headers=headers, params=params, json=json, repeatable=repeatable)


def _meaning(response: Response) -> object:
    """The JSON of a good answer; the right error for any other."""
    body = _json(response.body)
    if not 200 <= response.status < 300:
        raise _error(response, mapping(body))
    if body is _NOT_JSON:
        raise _broken("it is not JSON")
    return body


_NOT_JSON = object()


def _json(body: bytes) -> object:
    try:
        found: object = orjson.loads(body)
    except ValueError:
        return _NOT_JSON
    return found


def _object(found: object) -> Json:
    if not isinstance(found, dict):
        raise _broken("an object was expected")
    return found


def _broken(what: str) -> HostBroken:
    return HostBroken(f"The forum's answer is not what Discourse sends: {what}.")


_REBUILDING = frozenset({409, 502, 503, 504})


def _error(response: Response, body: Json) -> HostError:
    status, kind = response.status, text(body.get("error_type"), 60) or ""
    if status == 429:
        return HostBusy("The forum asks to wait.", retry_after=_retry_after(response, body))
    if status in _REBUILDING:
        reason = "read_only" if kind == "read_only" else "rebuilding"
        return HostBusy(f"The forum cannot answer for the moment (status {status}).", retry_after=_seconds(response), reason=reason)
    if status in {401, 403}:
        return HostDenied(f"The forum does not let the key do this (status {status}).", reason=kind or None)
    if status in {404, 410}:
        return HostNotFound("The forum has no such thing, or does not show it to this key.")
    if status in {400, 413, 422}:
        return HostInvalid(f"The forum refused the values (status {status}).", details=_details(body), reason=kind or None)
    return HostBroken(f"The forum answered with status {status}.", reason="server_error" if status >= 500 else None)


def _details(body: Json) -> list[str]:
    """The forum's own lines, and never more than an admin would read."""
    lines = texts(body.get("errors")) or [found for key in ("message", "failed") if (found := text(body.get(key)))]
    return lines[:10]


def _retry_after(response: Response, body: Json) -> float:
    """Seconds to wait: header, else body, else what the forum's own limiter would want. A proxy's 429 may say nothing."""
    waited = mapping(body.get("extras")).get("wait_seconds")
    said = float(waited) if isinstance(waited, int | float) and not isinstance(waited, bool) else None
    found = _seconds(response)
    chosen = next((seconds for seconds in (found, said) if seconds is not None), MANIFEST.retry_after)
    return min(max(chosen, 0.0), _LONGEST_WAIT)


def _seconds(response: Response) -> float | None:
    """``Retry-After`` in seconds. One that names a moment is measured from the answer's own ``Date``, so that clocks need not agree."""
    found = response.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,7}(?:\.[0-9]{1,6})?", found):
        return min(float(found), _LONGEST_WAIT)
    try:
        wait = (parsedate_to_datetime(found) - parsedate_to_datetime(response.headers.get("date", ""))).total_seconds()
    except (TypeError, ValueError):  # neither is a date, or only one of them names its zone
        return None
    return min(max(wait, 0.0), _LONGEST_WAIT)
