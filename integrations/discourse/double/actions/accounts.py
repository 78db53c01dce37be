"""Accounts: sign-up, confirmation, profile, names, penalties."""

import re
from collections.abc import Mapping

from integrations.discourse.double.errors import Refused, invalid_access, record_invalid
from integrations.discourse.double.forum import TRUST_LEVEL_0, Forum
from integrations.discourse.double.hooks import events
from integrations.discourse.double.model import Membership, User
from integrations.discourse.double.serial.users import is_suspended

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_RESERVED = {"admin", "administrator", "moderator", "mod", "sys", "system", "community", "info", "you", "name", "username", "user", "nickname", "discourse"}
PROFILE = ("name", "title", "bio_raw", "location", "website", "timezone", "locale")


def username_errors(forum: Forum, username: str, *, keep: User | None = None) -> list[str]:
    """What is wrong with a name (UsernameValidator), in Discourse's words; empty when nothing is."""
    rules = forum.settings
    checks = (
        (not username, "must not be blank"),
        (0 < len(username) < rules.min_username_length, f"must be at least {rules.min_username_length} characters"),
        (len(username) > rules.max_username_length, f"must be no more than {rules.max_username_length} characters"),
        (bool(re.search(r"[^\w.-]", username)), "must only include numbers, letters, dashes, dots, and underscores"),
        (bool(re.match(r"[^\w]", username)), "must begin with a letter, a number or an underscore"),
        (bool(re.search(r"[^A-Za-z0-9]$", username)), "must end with a letter or a number"),
        (bool(re.search(r"[-_.]{2,}", username)), "must not contain a sequence of 2 or more special chars (.-_)"),
        (
            bool(re.search(r"\.(js|json|css|htm|html|xml|jpg|jpeg|png|gif|bmp|ico|tif|tiff|woff)$", username, re.IGNORECASE)),
            "must not end with a confusing suffix",
        ),
        (username.lower() in _RESERVED and keep is None, "is not allowed"),
    )
    errors = [f"Username {message}" for wrong, message in checks if wrong]
    holder = forum.by_username.get(username.lower())
    group = forum.group_named(username)
    if (holder is not None and (keep is None or holder != keep.id)) or group is not None:
        errors.append("Username must be unique")
    return errors


def email_errors(forum: Forum, email: str) -> list[str]:
    """What is wrong with an address."""
    if not _EMAIL.fullmatch(email):
        return ["Primary email is invalid."]
    return ["Primary email has already been taken"] if forum.user_by_email(email) else []


def sign_up(
    forum: Forum,
    username: str,
    *,
    email: str,
    name: str | None = None,
    active: bool = False,
    approved: bool | None = None,
    staged: bool = False,
    created_at: float | None = None,
    fields: Mapping[str, str | None] | None = None,
) -> User:
    """Make an account. Not active means that the address is not confirmed yet. Raises 422 for a bad name or address."""
    if errors := username_errors(forum, username) + email_errors(forum, email):
        raise record_invalid(*errors)
    user = User(
        id=forum.next_id("users"),
        username=username,
        name=name,
        email=email,
        created_at=forum.now() if created_at is None else created_at,
        active=active,
        approved=(not forum.settings.must_approve_users) if approved is None else approved,
        staged=staged,
        trust_level=0 if staged else 1,
        user_fields=dict(fields or {}),
        updated_at=forum.now(),
    )
    forum.add_user(user)
    events.user_event(forum, "user_created", user)
    if active:
        _joined_automatic(forum, user, range(TRUST_LEVEL_0, TRUST_LEVEL_0 + user.trust_level + 1))
    return user


def _joined_automatic(forum: Forum, user: User, groups: range) -> None:
    for number in groups:
        membership = Membership(id=forum.next_id("memberships"), group_id=number, user_id=user.id, created_at=forum.now())
        events.group_user_event(forum, "user_added_to_group", membership)


def confirm(forum: Forum, user: User) -> None:
    """The address is confirmed: the account can be used, once it is approved where that is asked for."""
    if user.active:
        return
    user.active = True
    if user.staged:
        user.staged = False
        user.trust_level = max(user.trust_level, 1)
        updated(forum, user)
    events.user_event(forum, "user_confirmed_email", user)
    _joined_automatic(forum, user, range(TRUST_LEVEL_0, TRUST_LEVEL_0 + user.trust_level + 1))


def deactivate(forum: Forum, user: User) -> None:
    """The address must be confirmed again."""
    user.active = False
    log_out(forum, user)


def approve(forum: Forum, user: User) -> None:
    """Staff lets a member in."""
    if not user.approved:
        user.approved = True
        forum.touch()
        events.user_event(forum, "user_approved", user)


def unstage(forum: Forum, user: User, *, username: str | None = None) -> None:
    """Somebody signs up with the address of a staged account: the account becomes theirs."""
    if username and username.lower() != user.username.lower():
        rename(forum, user, username)
    user.staged = False
    updated(forum, user)


def updated(forum: Forum, user: User) -> None:
    """Note a change of an account."""
    user.updated_at = forum.now()
    forum.touch()
    events.user_event(forum, "user_updated", user)


def update_profile(forum: Forum, user: User, values: Mapping[str, object]) -> None:
    """Change a profile: the plain parts, and ``user_fields`` by id. Unknown keys are ignored, as Discourse does."""
    for key in PROFILE:
        if key in values:
            value = values[key]
            if value is not None and not isinstance(value, str):
                raise Refused(422, [f"{key} must be text"])
            setattr(user, key, value or (None if key != "name" else value))
    fields = values.get("user_fields")
    if isinstance(fields, Mapping):
        for number, value in fields.items():
            if str(number).isdigit() and int(str(number)) in forum.fields:
                user.user_fields[str(number)] = None if value in (None, "") else str(value)[:2048]
    if "hide_profile" in values:
        user.hide_profile = values["hide_profile"] in (True, "true", "1")
    external = values.get("external_ids")
    if isinstance(external, Mapping):
        user.external_ids |= {str(provider): str(value) for provider, value in external.items()}
    updated(forum, user)


def rename(forum: Forum, user: User, username: str) -> None:
    """Change a name. Old posts follow, mentions in them are not rewritten here. Raises 422."""
    if errors := username_errors(forum, username, keep=user):
        raise record_invalid(*errors)
    forum.unindex_user(user)
    user.username = username
    forum.index_user(user)
    updated(forum, user)


def change_email(forum: Forum, user: User, email: str) -> None:
    """Change an address at once, as when the member has confirmed it."""
    if errors := email_errors(forum, email):
        raise record_invalid(*errors)
    forum.unindex_user(user)
    user.email = email
    forum.index_user(user)
    updated(forum, user)


def suspend(forum: Forum, user: User, *, until: float, reason: str, by: User) -> None:
    """Shut a member out until a moment. Sessions end. Staff cannot be suspended."""
    _punishable(user)
    if is_suspended(user, forum.now()):
        raise Refused(409, ["User was already suspended."])
    user.suspended_at, user.suspended_till, user.suspend_reason, user.suspended_by = forum.now(), until, reason, by.id
    log_out(forum, user)
    forum.touch()
    events.user_event(forum, "user_suspended", user)


def unsuspend(forum: Forum, user: User) -> None:
    """Let a member back in."""
    user.suspended_at = user.suspended_till = user.suspend_reason = user.suspended_by = None
    forum.touch()
    events.user_event(forum, "user_unsuspended", user)


def silence(forum: Forum, user: User, *, until: float, reason: str, by: User) -> None:
    """Forbid a member to write. No webhook tells of it."""
    _punishable(user)
    user.silenced_at, user.silenced_till, user.silence_reason, user.silenced_by = forum.now(), until, reason, by.id
    forum.touch()


def unsilence(forum: Forum, user: User) -> None:
    """Let a member write again."""
    user.silenced_at = user.silenced_till = user.silence_reason = user.silenced_by = None
    forum.touch()


def _punishable(user: User) -> None:
    if user.admin or user.moderator or user.id <= 0:
        raise invalid_access()


def set_trust_level(forum: Forum, user: User, level: int) -> None:
    """Change a trust level; only the way up has an event, and brings automatic groups."""
    before, user.trust_level = user.trust_level, level
    forum.touch()
    if level > before:
        _joined_automatic(forum, user, range(TRUST_LEVEL_0 + before + 1, TRUST_LEVEL_0 + level + 1))
        events.user_promoted(forum, user)
    for number in range(TRUST_LEVEL_0 + before, TRUST_LEVEL_0 + level, -1):
        gone = Membership(id=forum.next_id("memberships"), group_id=number, user_id=user.id, created_at=forum.now())
        events.group_user_event(forum, "user_removed_from_group", gone)


def seen(forum: Forum, user: User) -> None:
    """Note that a member is around."""
    now = forum.now()
    if user.last_seen_at is None or now - user.last_seen_at > 60:
        user.days_visited += user.last_seen_at is not None and now // 86_400 > user.last_seen_at // 86_400
        user.last_seen_at = now


def log_out(forum: Forum, user: User) -> None:
    """End all sessions of a member."""
    had = [token for token, session in forum.sessions.items() if session.user_id == user.id]
    for token in had:
        del forum.sessions[token]
    if had:
        events.user_event(forum, "user_logged_out", user)
