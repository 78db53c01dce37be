"""Errors as answers. What is expected says what to do; what is not shows an id to look up, and nothing else."""

import secrets
from collections.abc import Mapping

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from mentorgraph.host import DeliveryRefused, HostError, SignInRefused
from plugin.errors import PluginError, Remark, headers_of
from plugin.web.pages import STILL, render, speaker_for
from plugin.web.troubles import TROUBLES, for_a_person, shown

log = structlog.get_logger()


def _answer(status: int, code: str, message: str, headers: Mapping[str, str] | None = None, **more: str) -> Response:
    body = {"error": {"code": code, "message": message, **more}}
    return JSONResponse(body, status, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})})


_BY_STATUS = {404: "not_found", 410: "gone", 429: "too_many", 500: "internal", 503: "unavailable"}
_SILENT = {"not_found", "unavailable", "internal"}
"""Troubles to which nothing of the error's own is added."""


def _shown(request: Request, status: int, message: Remark | str, *, code: str = "", headers: Mapping[str, str] | None = None) -> Response | None:
    """The same as a page, for a person who looks at it in a browser."""
    if not for_a_person(request):
        return None
    if request.url.path.startswith("/auth/") and status != 404:
        again = f"/auth/{word}/start" if (word := str(request.path_params.get("installation", ""))).isdigit() else ""
        return render("refused.html", speaker_for(request), status=status, headers=STILL, message=message, again=again)
    key = code if code in TROUBLES else _BY_STATUS.get(status, "refused")
    if request.method == "GET" and status in {400, 404} and "token" in request.path_params:
        # The address was a key, and what is wrong with it is worth saying.
        return shown(request, status, "gone", said=message, headers=headers)
    return shown(request, status, key, said="" if key in _SILENT else message, headers=headers)


async def plugin_error(request: Request, error: Exception) -> Response:
    """An expected error of ours."""
    assert isinstance(error, PluginError)  # noqa: S101 - registered for this class
    if error.status_code >= 500:
        log.warning("unavailable", reason=error.code)
    headers = headers_of(error)
    told = _shown(request, error.status_code, error.remark, code=error.code, headers=headers)
    return told or _answer(error.status_code, error.code, error.message, headers)


async def delivery_refused(_request: Request, error: Exception) -> Response:
    """A delivery that is forged or malformed; the reason word is for the log and the metrics."""
    assert isinstance(error, DeliveryRefused)  # noqa: S101 - registered for this class
    log.info("delivery_refused", reason=error.reason)
    return _answer(error.status, error.reason, error.message)


async def sign_in_refused(request: Request, error: Exception) -> Response:
    """A sign-in that did not come about."""
    assert isinstance(error, SignInRefused)  # noqa: S101 - registered for this class
    log.info("sign_in_refused", reason=error.reason)
    status = 401 if error.reason == "not_signed_in" else 403
    return _shown(request, status, error.message) or _answer(status, error.reason, error.message, {"Referrer-Policy": "no-referrer"})


async def host_error(request: Request, error: Exception) -> Response:
    """A host that failed while somebody waited for it."""
    assert isinstance(error, HostError)  # noqa: S101 - registered for this class
    log.warning("host_failed", reason=error.reason)
    return _shown(request, 502, error.message, code="host") or _answer(502, error.reason, error.message)


async def http_error(request: Request, error: Exception) -> Response:
    """An unknown address or a method that it does not take."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    told = _shown(request, error.status_code, "", headers=error.headers)
    return told or _answer(error.status_code, "not_found" if error.status_code == 404 else "refused", str(error.detail), error.headers)


async def unexpected(request: Request, _error: Exception) -> Response:
    """Anything else: an alarm, with an id that leads from the answer to the log."""
    lookup = secrets.token_hex(8)
    log.error("unexpected_error", lookup=lookup, path=request.scope.get("route", request.scope.get("path")), exc_info=_error)
    if for_a_person(request):
        return shown(request, 500, "internal", lookup=lookup)
    return _answer(500, "internal", "something went wrong on our side; the id leads to it in the log", lookup=lookup)


HANDLERS = {
    PluginError: plugin_error,
    DeliveryRefused: delivery_refused,
    SignInRefused: sign_in_refused,
    HostError: host_error,
    HTTPException: http_error,
    Exception: unexpected,
}
