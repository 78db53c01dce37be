"""Who asks: by API key, user API key or session cookie (DefaultCurrentUserProvider)."""

import secrets

from starlette.requests import Request

from integrations.discourse.double.actions.accounts import seen
from integrations.discourse.double.api.router import Route
from integrations.discourse.double.errors import Refused, invalid_access
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import ApiKey, Session, User
from integrations.discourse.double.serial.users import is_suspended

COOKIE = "_t"
INVALID_CREDENTIALS = "You are not permitted to view the requested resource. The API username or key is invalid."
SAFE = ("GET", "HEAD", "OPTIONS")


def find_key(forum: Forum, request: Request) -> ApiKey | None:
    """The key that a request brings in its headers; in query or body keys are not looked at. Raises 403 for one that is not in use."""
    text = request.headers.get("api-key") or request.headers.get("user-api-key")
    if text is None:
        return None
    key = forum.by_key.get(text)
    of_user_api = "api-key" not in request.headers
    if key is None or key.revoked_at is not None or (key.client_id is not None) != of_user_api:
        raise invalid_access(INVALID_CREDENTIALS)
    return key


def user_of_key(forum: Forum, key: ApiKey, request: Request, route: Route | None) -> User:
    """Whom a key acts as. Raises 403 when it may not, or its scopes do not reach the route."""
    username = request.headers.get("api-username", "")
    if not _reaches(key, route, request.method):
        raise invalid_access(INVALID_CREDENTIALS)
    if key.user_id is not None:
        user = forum.users.get(key.user_id)
        if user is not None and key.client_id is None and username and user.username.lower() != username.lower():
            user = None
    else:
        user = forum.user_named(username) if username else None
    if user is None:
        raise invalid_access(INVALID_CREDENTIALS)
    if is_suspended(user, forum.now()) or not user.active:
        raise invalid_access()
    key.last_used_at = forum.now()
    return user


def _reaches(key: ApiKey, route: Route | None, method: str) -> bool:
    if not key.scopes or route is None or "write" in key.scopes:
        return True
    if method in SAFE and ("global:read" in key.scopes or "read" in key.scopes):
        return True
    return bool(route.scopes.intersection(key.scopes))


def find_session(forum: Forum, request: Request) -> tuple[Session, User] | None:
    """The session of a browser, if it is still good."""
    session = forum.sessions.get(request.cookies.get(COOKIE, ""))
    user = forum.users.get(session.user_id) if session else None
    if session is None or user is None:
        return None
    seen(forum, user)
    return session, user


def check_csrf(session: Session, request: Request, form_token: str) -> None:
    """Raise 403 unless a browser's write carries the session's token."""
    token = request.headers.get("x-csrf-token", "") or form_token
    if not secrets.compare_digest(token.encode(), session.csrf.encode()):
        refusal = Refused(403)
        refusal.body = {"errors": ["BAD CSRF"]}
        raise refusal
