"""Browser sessions."""

import secrets

from integrations.discourse.double.actions.accounts import seen
from integrations.discourse.double.errors import Refused
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Session, User
from integrations.discourse.double.serial.users import is_suspended


def log_in(forum: Forum, user: User) -> Session:
    """Begin a session. Raises 403 for accounts that may not: not confirmed, not approved, suspended, staged."""
    if user.staged or not user.active:
        raise Refused(403, ["You can't log in yet. Please confirm your e-mail address first."], extra={"reason": "not_activated"})
    if forum.settings.must_approve_users and not user.approved:
        raise Refused(403, ["Your account hasn't been approved yet."], extra={"reason": "not_approved"})
    if is_suspended(user, forum.now()):
        raise Refused(403, ["You can't log in: this account is suspended."], extra={"reason": "suspended"})
    session = Session(token=secrets.token_hex(16), user_id=user.id, csrf=secrets.token_urlsafe(32), created_at=forum.now())
    forum.sessions[session.token] = session
    seen(forum, user)
    events.user_event(forum, "user_logged_in", user)
    return session


def end(forum: Forum, session: Session) -> None:
    """End one session."""
    if forum.sessions.pop(session.token, None) and (user := forum.users.get(session.user_id)):
        events.user_event(forum, "user_logged_out", user)
