"""Badges and their grants."""

from integrations.discourse.double.actions import badges
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.errors import Json, invalid_access, not_found
from integrations.discourse.double.model import Badge
from integrations.discourse.double.serial.badges import BADGE_TYPES, badge_admin, badge_basic, grants_view

routes = Routes()
GROUPINGS: list[Json] = [
    {"id": number, "name": name, "description": None, "position": 10 + number, "system": True}
    for number, name in ((1, "Getting Started"), (2, "Community"), (3, "Posting"), (4, "Trust Level"), (5, "Other"))
]


def _badge(call: Call) -> Badge:
    badge = call.forum.badges.get(call.id())
    if badge is None:
        raise not_found()
    return badge


@routes("GET", "/admin/badges", scopes="badges:show")
def admin_index(call: Call) -> Json:
    """All badges."""
    call.admin()
    found = call.forum.badges.values()
    return {
        "badges": [badge_admin(call.forum, badge) for badge in found],
        "badge_types": BADGE_TYPES,
        "badge_groupings": GROUPINGS,
        "admin_badges": {
            "protected_system_fields": ["name", "badge_type_id", "multiple_grant"],
            "triggers": {"user_change": 0, "none": 0, "post_revision": 2, "trust_level_change": 4, "post_action": 1},
            "badge_ids": [badge.id for badge in found],
            "badge_grouping_ids": [1, 2, 3, 4, 5],
            "badge_type_ids": [1, 2, 3],
        },
    }


@routes("GET", "/badges")
def index(call: Call) -> Json:
    """The badges that everybody may know of."""
    found = [badge for badge in call.forum.badges.values() if badge.enabled and badge.listable]
    return {"badges": [badge_basic(call.forum, badge) for badge in found], "badge_types": BADGE_TYPES, "badge_groupings": GROUPINGS}


@routes("GET", "/badges/{id:int}", "/badges/{id:int}/{slug}", scopes="badges:show")
def show(call: Call) -> Json:
    """One badge."""
    return {"badge": badge_basic(call.forum, _badge(call)), "badge_types": BADGE_TYPES}


@routes("POST", "/admin/badges", scopes="badges:create")
def create(call: Call) -> Json:
    """Make a badge."""
    call.admin()
    badge = badges.create_badge(call.forum, call.text("name"), badge_type_id=call.number("badge_type_id"), description=call.text("description"))
    return {"badge_types": BADGE_TYPES, "badge": badge_admin(call.forum, badge)}


@routes("PUT", "/admin/badges/{id:int}", scopes="badges:update")
def update(call: Call) -> Json:
    """Change a badge."""
    call.admin()
    badge = _badge(call)
    kind = call.number("badge_type_id", badge.badge_type_id)
    badges.update_badge(call.forum, badge, name=call.text("name", badge.name), badge_type_id=kind, description=call.maybe("description"))
    return {"badge_types": BADGE_TYPES, "badge": badge_admin(call.forum, badge)}


@routes("DELETE", "/admin/badges/{id:int}", scopes="badges:delete")
def destroy(call: Call) -> None:
    """Remove a badge."""
    call.admin()
    badges.destroy_badge(call.forum, _badge(call))


@routes("GET", "/user-badges/{username}", scopes="badges:list_user_badges")
def of_user(call: Call) -> Json:
    """The badges that a member holds."""
    user = call.named_user()
    if not call.guardian.can_see_profile(user):
        raise not_found()
    return grants_view(call.forum, [call.forum.grants[number] for number in call.forum.user_grants.get(user.id, ())])


@routes("POST", "/user_badges", scopes="badges:assign_badge_to_user")
def grant(call: Call) -> Json:
    """Give a badge to a member."""
    user, forum = call.forum.user_named(call.need("username")), call.forum
    if user is None:
        raise not_found()
    if not call.guardian.staff:
        raise invalid_access()
    badge = forum.badges.get(call.number("badge_id"))
    if badge is None:
        raise not_found()
    given = badges.grant_badge(forum, badge, user, by=call.member())
    body = grants_view(forum, [given])
    lines = body.pop("user_badges")
    return body | {"user_badge": lines[0] if isinstance(lines, list) else None}


@routes("DELETE", "/user_badges/{id:int}", scopes="badges:revoke_badge_from_user")
def revoke(call: Call) -> Json:
    """Take a badge back."""
    found = call.forum.grants.get(call.id())
    if found is None:
        raise not_found()
    if not call.guardian.staff:
        raise invalid_access()
    badges.revoke_badge(call.forum, found)
    return {"success": "OK"}
