"""DiscourseConnect as a provider: the forum says who is signed in (session_controller#sso_provider)."""

import base64
import binascii
import fnmatch
import hashlib
import hmac
import re
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from integrations.discourse.double.actions import sessions
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import Session, User
from integrations.discourse.double.serial.users import avatar_template

RESUME_COOKIE = "sso_payload"
DESTINATION_COOKIE = "sso_destination_url"


class SsoRefused(Exception):
    """Why the forum will not say; answered as plain text."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def sign(secret: str, sso: str) -> str:
    """The signature over the Base64 text."""
    return hmac.new(secret.encode(), sso.encode(), hashlib.sha256).hexdigest()


def secrets_for(forum: Forum, host: str) -> list[str]:
    """The secrets whose domain, which may have wildcards, is that host."""
    rows = (row.partition("|") for row in forum.settings.discourse_connect_provider_secrets)
    return [secret for domain, _, secret in rows if secret and fnmatch.fnmatchcase(host.lower(), domain.strip().lower())]


def read_payload(forum: Forum, sso: str, sig: str) -> tuple[dict[str, str], str]:
    """What is asked, and the secret it was asked with. Raises :class:`SsoRefused`."""
    if not forum.settings.enable_discourse_connect_provider:
        raise SsoRefused(404, "DiscourseConnect provider is disabled")
    if not sso:
        raise SsoRefused(400, "param is missing or the value is empty: sso")
    if not re.fullmatch(r"[A-Za-z0-9+/=\r\n]+", sso):
        raise SsoRefused(422, "Bad signature for payload")
    try:
        payload = dict(parse_qsl(base64.b64decode(sso, validate=False).decode(), keep_blank_values=True))
    except (binascii.Error, UnicodeDecodeError):
        raise SsoRefused(422, "Bad signature for payload") from None
    target = payload.get("return_sso_url", "")
    if not target:
        raise SsoRefused(400, "return_sso_url is blank, it must be provided")
    found = secrets_for(forum, urlsplit(target).hostname or "")
    if not found:
        raise SsoRefused(400, "No secret was configured for this domain")
    secret = next((secret for secret in found if hmac.compare_digest(sign(secret, sso), sig)), None)
    if secret is None:
        raise SsoRefused(422, f"Bad signature for payload\n\nsso: {sso}\n\nsig: {sig}")
    return payload, secret


def return_url(payload: dict[str, str], secret: str) -> str:
    """Where the browser goes with the signed answer."""
    target = payload["return_sso_url"]
    sso = base64.b64encode(urlencode(payload, quote_via=lambda text, *_: quote_plus(text)).encode()).decode()
    return f"{target}{'&' if '?' in target else '?'}sso={quote_plus(sso)}&sig={sign(secret, sso)}"


def describe(forum: Forum, user: User) -> dict[str, str]:
    """What the forum says of a member."""
    return {
        "name": user.name or "",
        "username": user.username,
        "email": user.email,
        "external_id": str(user.id),
        "admin": str(user.admin).lower(),
        "moderator": str(user.moderator).lower(),
        "groups": ",".join(forum.groups[number].name for number in forum.group_ids(user) if number in forum.groups),
        "avatar_url": forum.settings.base_url + avatar_template(user.username).replace("{size}", "240"),
    }


def provide(forum: Forum, request: Request, session: tuple[Session, User] | None) -> Response:
    """``GET /session/sso_provider``, in both forms."""
    sso, sig = request.query_params.get("sso", ""), request.query_params.get("sig", "")
    if not sso and session is not None and (kept := request.cookies.get(RESUME_COOKIE)):
        found = dict(parse_qsl(kept))
        sso, sig = found.get("sso", ""), found.get("sig", "")
    try:
        payload, secret = read_payload(forum, sso, sig)
        return _answer(forum, request, session, payload, secret)
    except SsoRefused as refused:
        return PlainTextResponse(refused.message, status_code=refused.status)


def _answer(forum: Forum, request: Request, session: tuple[Session, User] | None, payload: dict[str, str], secret: str) -> Response:
    prompt = payload.get("prompt")
    if prompt not in (None, "", "none"):
        raise SsoRefused(400, "Invalid value for the prompt parameter")
    if payload.get("logout") == "true":
        if session is not None:
            sessions.end(forum, session[0])
        return RedirectResponse(payload["return_sso_url"], status_code=302)
    if session is None and prompt == "none":
        return _go(forum, request, return_url(payload | {"failed": "true"}, secret))
    if session is None:
        response = RedirectResponse("/login", status_code=302)
        text = urlencode({"sso": request.query_params.get("sso", ""), "sig": request.query_params.get("sig", "")})
        response.set_cookie(RESUME_COOKIE, text, httponly=True, samesite="lax", path="/")
        return response
    answer = payload | describe(forum, session[1])
    if payload.get("require_2fa") == "true":
        answer["no_2fa_methods"] = "true"
    final = _go(forum, request, return_url(answer, secret))
    if request.cookies.get(RESUME_COOKIE):
        final.delete_cookie(RESUME_COOKIE, path="/")
    return final


def _go(forum: Forum, request: Request, url: str) -> Response:
    if request.headers.get("x-requested-with", "").lower() != "xmlhttprequest":
        return RedirectResponse(url, status_code=302)
    response = (
        Response(orjson.dumps({"success": "OK", "redirect_url": url}), media_type="application/json")
        if forum.settings.sso_xhr_json
        else Response(status_code=204)
    )
    response.set_cookie(DESTINATION_COOKIE, url, path="/", samesite="lax")
    return response
