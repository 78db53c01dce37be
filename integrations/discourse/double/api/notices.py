"""Notifications and invitations."""

import secrets

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso, parse_time
from integrations.discourse.double.errors import Json, Refused, failed, invalid_access, invalid_parameters
from integrations.discourse.double.hooks.events import notification_body
from integrations.discourse.double.model import Invite

routes = Routes()


@routes("GET", "/notifications")
def notifications(call: Call) -> Json:
    """The notices of who asks."""
    me, forum, offset = call.member(), call.forum, call.number("offset", least=0)
    numbers = list(reversed(forum.user_notifications.get(me.id, [])))
    limit = call.number("limit", 60, least=1, most=60)
    return {
        "notifications": [notification_body(forum, forum.notifications[number]) for number in numbers[offset : offset + limit]],
        "total_rows_notifications": len(numbers),
        "seen_notification_id": 0,
        "load_more_notifications": f"/notifications?offset={offset + limit}&username={me.username}",
    }


@routes("PUT", "/notifications/mark-read")
def mark_read(call: Call) -> Json:
    """Mark one notice or all of them as read."""
    me = call.member()
    for number in call.forum.user_notifications.get(me.id, ()):
        if not call.number("id") or number == call.number("id"):
            call.forum.notifications[number].read = True
    return {"success": "OK"}


def _invite(call: Call, email: str | None) -> Invite:
    forum, me = call.forum, call.member()
    if email and (forum.user_by_email(email) is not None):
        raise failed(f"There's no need to invite {email}, they already have an account!")
    group_ids = [int(item) for item in call.names("group_ids") if item.isdigit()]
    group_ids += [group.id for name in call.names("group_names") if (group := forum.group_named(name))]
    if group_ids and not call.guardian.staff:
        raise invalid_access()
    try:
        expires = parse_time(call.text("expires_at")) if call.text("expires_at") else forum.now() + 90 * 86_400
    except ValueError:
        raise invalid_parameters("expires_at") from None
    invite = Invite(
        id=forum.next_id("invites"),
        invite_key=secrets.token_urlsafe(8)[:10],
        invited_by=me.id,
        created_at=forum.now(),
        expires_at=expires,
        email=email,
        custom_message=call.maybe("custom_message"),
        max_redemptions_allowed=call.number("max_redemptions_allowed", 1),
        topic_id=call.number("topic_id") or None,
        group_ids=group_ids,
    )
    forum.invites[invite.id] = invite
    return invite


def _invite_view(call: Call, invite: Invite) -> Json:
    return {
        "id": invite.id,
        "invite_key": invite.invite_key,
        "link": f"{call.forum.settings.base_url}/invites/{invite.invite_key}",
        "description": invite.description,
        "email": invite.email,
        "domain": None,
        "emailed": bool(invite.email) and not call.flag("skip_email"),
        "can_delete_invite": True,
        "custom_message": invite.custom_message,
        "created_at": iso(invite.created_at),
        "updated_at": iso(invite.created_at),
        "expires_at": iso(invite.expires_at),
        "expired": invite.expires_at < call.forum.now(),
        "grants_admin": False,
        "grants_moderator": False,
        "topics": [],
        "groups": [{"id": number, "name": call.forum.groups[number].name} for number in invite.group_ids if number in call.forum.groups],
    }


@routes("POST", "/invites")
def invite(call: Call) -> Json:
    """Invite by address or by link."""
    return _invite_view(call, _invite(call, call.text("email") or None))


@routes("POST", "/invites/create-multiple")
def invite_many(call: Call) -> Json:
    """Invite several addresses."""
    call.member()
    done: list[Json] = []
    wrong: list[Json] = []
    for email in call.names("email"):
        try:
            done.append({"email": email, "invite": _invite_view(call, _invite(call, email))})
        except Refused as refusal:
            wrong.append({"email": email, "error": refusal.body["errors"]})
    return {
        "num_successfully_created_invitations": len(done),
        "num_failed_invitations": len(wrong),
        "failed_invitations": wrong,
        "successful_invitations": done,
    }
