"""Users as staff sees them."""

from collections.abc import Callable

from integrations.discourse.double.actions import accounts, removal
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso, parse_time
from integrations.discourse.double.errors import Json, Refused, invalid_parameters, not_found
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import User
from integrations.discourse.double.serial.profiles import groups_of
from integrations.discourse.double.serial.users import admin_detail, admin_list_item, basic_user, is_silenced, is_suspended

routes = Routes()
PER_PAGE = 100
NEW_SECONDS = 7 * 86_400

_ORDERS: dict[str, Callable[[Forum, User], tuple[object, ...]]] = {
    "created": lambda _forum, user: (user.created_at,),
    "seen": lambda _forum, user: (user.last_seen_at or 0,),
    "last_emailed": lambda _forum, user: (user.id,),
    "username": lambda _forum, user: (user.username.lower(),),
    "email": lambda _forum, user: (user.email.lower(),),
    "trust_level": lambda _forum, user: (user.trust_level,),
    "days_visited": lambda _forum, user: (user.days_visited,),
    "posts": lambda forum, user: (forum.post_count(user.id),),
    "posts_read": lambda _forum, _user: (0,),
    "topics_viewed": lambda _forum, _user: (0,),
    "read_time": lambda _forum, user: (user.time_read,),
    "silence_reason": lambda _forum, user: (user.silence_reason or "",),
}


def _flagged(forum: Forum, flag: str) -> Callable[[User], bool]:
    now = forum.now()
    tests: dict[str, Callable[[User], bool]] = {
        "active": lambda user: user.active,
        "new": lambda user: not user.active or user.created_at > now - NEW_SECONDS,
        "staff": lambda user: user.admin or user.moderator,
        "admins": lambda user: user.admin,
        "moderators": lambda user: user.moderator,
        "suspended": lambda user: is_suspended(user, now),
        "silenced": lambda user: is_silenced(user, now),
        "blocked": lambda user: is_silenced(user, now),
        "staged": lambda user: user.staged,
        "suspect": lambda _user: False,
        "pending": lambda user: not user.approved and user.active,
        "needs-approval": lambda user: not user.approved,
    }
    if flag not in tests:
        raise not_found()
    return tests[flag]


@routes("GET", "/admin/users", "/admin/users/list", "/admin/users/list/{flag}", scopes="users:list")
def index(call: Call) -> list[Json]:
    """An array of at most 100 users a page; pages start at 1."""
    call.staff()
    forum = call.forum
    users = list(forum.users.values())
    if "flag" in call.path:
        users = list(filter(_flagged(forum, call.path["flag"]), users))
    wanted = (call.text("filter") or call.text("username")).strip().lower()
    if wanted:
        users = [user for user in users if wanted in user.username.lower() or wanted == user.email.lower() or wanted in (user.name or "").lower()]
    if email := call.text("email").strip().lower():
        users = [user for user in users if user.email.lower() == email]
    order = _ORDERS.get(call.text("order"))
    if order is not None:
        users.sort(key=lambda user: (order(forum, user), user.id), reverse=not call.flag("asc"))
    else:
        users.sort(key=lambda user: (-(user.last_seen_at or 0), user.username.lower()))
    start = max(0, call.number("page", 1) - 1) * PER_PAGE
    return [admin_list_item(forum, user, emails=call.flag("show_emails")) for user in users[start : start + PER_PAGE]]


@routes("GET", "/admin/users/{id:int}", scopes="users:show")
def show(call: Call) -> Json:
    """Everything staff may know of one account."""
    call.staff()
    user = call.user_by_id()
    return admin_detail(call.forum, user, groups_of(call.forum, user, call.guardian))


@routes("DELETE", "/admin/users/{id:int}", scopes="users:delete")
def destroy(call: Call) -> Json:
    """Remove an account, with its posts if that is asked for."""
    removal.destroy(call.forum, call.user_by_id(), by=call.staff(), delete_posts=call.flag("delete_posts"))
    return {"deleted": True}


@routes("PUT", "/admin/users/{id:int}/activate")
def activate(call: Call) -> Json:
    """As if the address had been confirmed."""
    call.staff()
    accounts.confirm(call.forum, call.user_by_id())
    return {"success": "OK"}


@routes("PUT", "/admin/users/{id:int}/deactivate")
def deactivate(call: Call) -> Json:
    """The address has to be confirmed again."""
    call.staff()
    accounts.deactivate(call.forum, call.user_by_id())
    return {"success": "OK"}


@routes("PUT", "/admin/users/{id:int}/approve")
def approve(call: Call) -> Json:
    """Let a member in."""
    call.staff()
    accounts.approve(call.forum, call.user_by_id())
    return {"success": "OK"}


def _until(call: Call, name: str) -> float:
    try:
        return parse_time(call.need(name))
    except ValueError:
        raise invalid_parameters(name) from None


@routes("PUT", "/admin/users/{id:int}/suspend", scopes="users:suspend")
def suspend(call: Call) -> Json:
    """Shut a member out."""
    me, user = call.staff(), call.user_by_id()
    until, reason = _until(call, "suspend_until"), call.need("reason")
    accounts.suspend(call.forum, user, until=until, reason=reason, by=me)
    return {
        "suspension": {
            "suspend_reason": reason,
            "full_suspend_reason": reason,
            "suspended_till": iso(user.suspended_till),
            "suspended_at": iso(user.suspended_at),
            "suspended_by": basic_user(me),
        }
    }


@routes("PUT", "/admin/users/{id:int}/unsuspend", scopes="users:suspend")
def unsuspend(call: Call) -> Json:
    """Let a member back in."""
    call.staff()
    accounts.unsuspend(call.forum, call.user_by_id())
    return {"suspension": {"suspended_till": None, "suspended_at": None}}


@routes("PUT", "/admin/users/{id:int}/silence")
def silence(call: Call) -> Json:
    """Forbid a member to write."""
    me, user = call.staff(), call.user_by_id()
    until, reason = _until(call, "silenced_till"), call.text("reason")
    accounts.silence(call.forum, user, until=until, reason=reason, by=me)
    return {
        "silence": {
            "silenced": True,
            "silence_reason": reason,
            "full_silence_reason": reason,
            "silenced_till": iso(user.silenced_till),
            "silenced_at": iso(user.silenced_at),
            "silenced_by": basic_user(me),
        }
    }


@routes("PUT", "/admin/users/{id:int}/unsilence")
def unsilence(call: Call) -> Json:
    """Let a member write again."""
    call.staff()
    accounts.unsilence(call.forum, call.user_by_id())
    return {"unsilence": {"silenced": False, "silence_reason": None, "silenced_till": None, "silenced_at": None}}


@routes("PUT", "/admin/users/{id:int}/anonymize", scopes="users:anonymize")
def anonymize(call: Call) -> Json:
    """Take everything personal from an account."""
    call.staff()
    user = call.user_by_id()
    removal.anonymize(call.forum, user)
    return {"success": "OK", "username": user.username}


@routes("POST", "/admin/users/{id:int}/merge")
def merge(call: Call) -> Json:
    """Move everything to another account and destroy this one."""
    call.admin()
    target = call.forum.user_named(call.need("target_username"))
    if target is None:
        raise not_found()
    removal.merge(call.forum, call.user_by_id(), target)
    return {"success": "OK", "merged": True}


@routes("POST", "/admin/users/{id:int}/log_out", scopes="users:log_out")
def log_out(call: Call) -> Json:
    """End all sessions of a member."""
    call.staff()
    accounts.log_out(call.forum, call.user_by_id())
    return {"success": "OK"}


@routes("PUT", "/admin/users/{id:int}/trust_level")
def trust_level(call: Call) -> Json:
    """Change a trust level."""
    call.staff()
    user, level = call.user_by_id(), call.number("level", -1)
    if level not in range(5):
        raise Refused(422, ["Trust level is not included in the list"])
    accounts.set_trust_level(call.forum, user, level)
    return admin_detail(call.forum, user, groups_of(call.forum, user, call.guardian))


def _rank(call: Call, name: str, *, value: bool) -> Json:
    call.admin()
    user = call.user_by_id()
    setattr(user, name, value)
    accounts.updated(call.forum, user)
    return {"success": "OK"} if not value else admin_detail(call.forum, user, groups_of(call.forum, user, call.guardian))


@routes("PUT", "/admin/users/{id:int}/grant_moderation")
def grant_moderation(call: Call) -> Json:
    """Make somebody a moderator."""
    return _rank(call, "moderator", value=True)


@routes("PUT", "/admin/users/{id:int}/revoke_moderation")
def revoke_moderation(call: Call) -> Json:
    """Make somebody a plain member."""
    return _rank(call, "moderator", value=False)


@routes("PUT", "/admin/users/{id:int}/grant_admin")
def grant_admin(call: Call) -> Json:
    """Make somebody an admin."""
    return _rank(call, "admin", value=True)


@routes("PUT", "/admin/users/{id:int}/revoke_admin")
def revoke_admin(call: Call) -> Json:
    """Take an admin's rights away."""
    return _rank(call, "admin", value=False)
