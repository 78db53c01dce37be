"""Groups and their members."""

from collections.abc import Sequence

from integrations.discourse.double.actions import membership
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.errors import Json, failed, invalid_access, invalid_parameters, missing, not_found
from integrations.discourse.double.model import Group, User
from integrations.discourse.double.serial.groups import basic_group, group_member, group_show

routes = Routes()
PER_PAGE = 36
MAX_LIMIT = 1000


def _named(call: Call) -> Group:
    group = call.forum.group_named(call.path["name"])
    if group is None or not call.guardian.can_see_group(group):
        raise not_found()
    return group


def _editable(call: Call) -> Group:
    group = call.group()
    call.member()
    if group.automatic or not call.guardian.owns(group):
        raise invalid_access()
    return group


@routes("GET", "/groups")
def index(call: Call) -> Json:
    """The groups that may be seen; everyone (0) is not listed."""
    forum, page = call.forum, call.number("page", least=0)
    groups = [group for group in forum.groups.values() if group.id != 0 and call.guardian.can_see_group(group)]
    if wanted := call.text("filter").lower():
        groups = [group for group in groups if wanted in group.name.lower() or wanted in (group.full_name or "").lower()]
    groups.sort(key=lambda group: group.name.lower())
    shown = groups[page * PER_PAGE : (page + 1) * PER_PAGE]
    return {
        "groups": [basic_group(forum, group, call.guardian) for group in shown],
        "extras": {"type_filters": ["my", "owner", "public", "close", "automatic", "non_automatic"]},
        "total_rows_groups": len(groups),
        "load_more_groups": f"/groups?page={page + 1}",
    }


def _shown(call: Call, group: Group) -> Json:
    names = [other.name for other in call.forum.groups.values() if call.guardian.can_see_group(other)] if call.guardian.staff else []
    return {"group": group_show(call.forum, group, call.guardian), "extras": {"visible_group_names": names}}


@routes("GET", "/groups/search")
def search(call: Call) -> list[Json]:
    """Completion of names: an array."""
    wanted = call.text("term").lower()
    groups = [group for group in call.forum.groups.values() if group.id != 0 and call.guardian.can_see_group(group)]
    return [basic_group(call.forum, group, call.guardian) for group in groups if wanted in group.name.lower()]


@routes("GET", "/groups/{name}", "/g/{name}")
def show(call: Call) -> Json:
    """One group by name."""
    return _shown(call, _named(call))


@routes("GET", "/groups/by-id/{id:int}")
def by_id(call: Call) -> Json:
    """One group by id."""
    return _shown(call, call.group())


@routes("GET", "/groups/{name}/members", "/g/{name}/members")
def members(call: Call) -> Json:
    """A group's members by name, and all its owners on every page."""
    forum, group = call.forum, _named(call)
    if not call.guardian.can_see_group_members(group):
        raise invalid_access()
    limit, offset = call.number("limit", 50, least=0), call.number("offset", least=0)
    if limit > MAX_LIMIT:
        raise invalid_parameters("limit")
    inside = forum.group_members.get(group.id, {})
    ids = forum.member_ids(group)

    def line(number: int) -> Json:
        user = forum.users[number]
        held = inside.get(number)
        return group_member(user, held.created_at if held else user.created_at)

    shown = [number for number in ids if not group.automatic or forum.users[number].active][offset : offset + limit]
    return {
        "members": [line(number) for number in shown],
        "owners": [line(number) for number in ids if number in inside and inside[number].owner],
        "meta": {"total": len(ids), "limit": limit, "offset": offset},
    }


def _find(call: Call, values: Json, *, strict: bool) -> tuple[list[User], list[str]]:
    """The users that a call names, and the names that nobody has."""
    forum = call.forum
    wanted = call.within(values)
    found: list[User] = []
    unknown: list[str] = []
    for name in wanted.names("usernames"):
        user = forum.user_named(name)
        found.append(user) if user else unknown.append(name)
    for text in wanted.names("user_ids"):
        user = forum.users.get(int(text)) if text.lstrip("-").isdigit() else None
        found.append(user) if user else unknown.append(text)
    for email in wanted.names("user_emails") + wanted.names("emails"):
        user = forum.user_by_email(email)
        found.append(user) if user else unknown.append(email)
    if unknown and (strict or not found):
        raise invalid_parameters(f"usernames ({', '.join(unknown)})")
    return list({user.id: user for user in found}.values()), unknown


@routes("POST", "/admin/groups")
def create(call: Call) -> Json:
    """Make a group, with members and owners by name."""
    call.admin()
    values = call.inner("group")
    name = str(values.get("name") or "").strip()
    if not name:
        raise missing("name")
    owners = _optional(call, {"usernames": values.get("owner_usernames")})
    plain = _optional(call, {"usernames": values.get("usernames")})
    group = membership.create_group(call.forum, name, values, owners=owners, members=plain)
    return {"basic_group": basic_group(call.forum, group, call.guardian, display_name=False)}


def _optional(call: Call, values: Json) -> Sequence[User]:
    if not values["usernames"]:
        return []
    return [user for name in str(values["usernames"]).split(",") if (user := call.forum.user_named(name))]


@routes("PUT", "/groups/{id:int}", "/admin/groups/{id:int}")
def update(call: Call) -> Json:
    """Change a group."""
    membership.update_group(call.forum, _editable(call), call.inner("group"))
    return {"success": "OK"}


@routes("DELETE", "/admin/groups/{id:int}")
def destroy(call: Call) -> Json:
    """Remove a group."""
    call.admin()
    membership.destroy_group(call.forum, call.group())
    return {"success": "OK"}


@routes("PUT", "/groups/{id:int}/members", "/admin/groups/{id:int}/members")
def add_members(call: Call) -> Json:
    """Add members: at most 1000, none unknown (400), and none who is in already (422)."""
    group, rules = _editable(call), call.forum.settings
    if not any(call.names(name) for name in ("usernames", "user_ids", "user_emails", "emails")):
        raise invalid_parameters("usernames or emails must be present")
    count = sum(len(call.names(name)) for name in ("usernames", "user_ids", "user_emails", "emails"))
    if count > rules.add_members_limit:
        raise failed(f"A maximum of {rules.add_members_limit} users can be added at once. (You tried to add {count} users.)")
    users, _ = _find(call, call.values, strict=rules.strict_unknown_members)
    already = [user for user in users if user.id in call.forum.group_members.get(group.id, {})]
    if already and (rules.strict_add_members or len(already) == len(users)):
        names = ", ".join(f"'{user.username}'" for user in already)
        raise failed(f"{names} {'is already a member' if len(already) == 1 else 'are already members'} of this group.")
    for user in users:
        membership.join(call.forum, group, user)
    return {"success": "OK", "usernames": [user.username for user in users if user not in already], "emails": []}


@routes("DELETE", "/groups/{id:int}/members", "/admin/groups/{id:int}/members")
def remove_members(call: Call) -> Json:
    """Take members out; who is not in is named as skipped."""
    group = _editable(call)
    if "user_id" in call.values:
        call.values["user_ids"] = call.text("user_id")
    if "username" in call.values:
        call.values["usernames"] = call.text("username")
    if not any(call.names(name) for name in ("usernames", "user_ids", "user_emails", "emails")):
        raise invalid_parameters("user_ids or usernames or user_emails must be present")
    users, _ = _find(call, call.values, strict=call.forum.settings.strict_unknown_members)
    removed = [user for user in users if membership.leave(call.forum, group, user)]
    skipped = [user.username for user in users if user not in removed]
    return {"success": "OK", "usernames": [user.username for user in removed], "skipped_usernames": skipped}


@routes("PUT", "/groups/{id:int}/owners", "/admin/groups/{id:int}/owners")
def add_owners(call: Call) -> Json:
    """Make members owners; who is not in yet, joins."""
    group = _editable(call)
    nested = call.values.get("group")
    values = nested if isinstance(nested, dict) else call.values
    users, _ = _find(call, values, strict=False)
    if not users:
        raise missing("usernames")
    for user in users:
        membership.join(call.forum, group, user, owner=True)
    return {"success": "OK", "usernames": [user.username for user in users]}


@routes("DELETE", "/admin/groups/{id:int}/owners", "/groups/{id:int}/owners")
def remove_owners(call: Call) -> Json:
    """Make owners plain members."""
    group = _editable(call)
    nested = call.values.get("group")
    values = dict(nested) if isinstance(nested, dict) else dict(call.values)
    values["user_ids"] = values.get("user_id", values.get("user_ids"))
    users, _ = _find(call, values, strict=False)
    for user in users:
        if held := call.forum.group_members[group.id].get(user.id):
            held.owner = False
    call.forum.touch()
    return {"success": "OK"}


@routes("PUT", "/groups/{id:int}/join")
def join(call: Call) -> Json:
    """A member comes by themselves, where the group lets them."""
    me, group = call.member(), call.group()
    if not group.public_admission or group.automatic:
        raise invalid_access()
    membership.join(call.forum, group, me)
    return {"success": "OK"}


@routes("DELETE", "/groups/{id:int}/leave")
def leave(call: Call) -> Json:
    """A member goes by themselves, where the group lets them."""
    me, group = call.member(), call.group()
    if not group.public_exit or group.automatic:
        raise invalid_access()
    membership.leave(call.forum, group, me)
    return {"success": "OK"}
