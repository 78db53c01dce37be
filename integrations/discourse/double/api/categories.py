"""Categories and tags."""

from integrations.discourse.double.actions import badges as arranging
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.errors import Json, invalid_access, invalid_parameters
from integrations.discourse.double.model import Category
from integrations.discourse.double.serial.categories import category_show, counts, detailed_category
from integrations.discourse.double.text import slugify

routes = Routes()
LEVELS = {"1": 1, "2": 2, "3": 3, "full": 1, "create_post": 2, "readonly": 3}


@routes("GET", "/categories", scopes="categories:list")
def index(call: Call) -> Json:
    """The categories that may be read; those inside others only when asked for."""
    forum, rows = call.forum, counts(call.forum)
    inside = call.flag("include_subcategories")
    found: list[Json] = []
    for category in sorted(forum.categories.values(), key=lambda item: (item.position, item.id)):
        if category.id not in call.guardian.category_ids or category.parent_category_id is not None:
            continue
        line = detailed_category(forum, category, call.guardian, rows[category.id])
        if inside:
            children = [other for other in forum.categories.values() if other.parent_category_id == category.id and other.id in call.guardian.category_ids]
            line["subcategory_list"] = [detailed_category(forum, child, call.guardian, rows[child.id]) for child in children] or None
        found.append(line)
    return {"category_list": {"can_create_category": call.guardian.admin, "can_create_topic": call.user is not None, "categories": found}}


@routes("GET", "/c/{id}/show", scopes="categories:show")
def show(call: Call) -> Json:
    """One category, with its permissions for admins."""
    category = call.category(call.path["id"])
    return {"category": category_show(call.forum, category, call.guardian, counts(call.forum)[category.id])}


def _permissions(call: Call) -> list[tuple[int, int]] | None:
    if "permissions" not in call.values:
        return None
    given = call.values["permissions"]
    found: list[tuple[int, int]] = []
    for name, level in given.items() if isinstance(given, dict) else ():
        group = call.forum.groups[0] if name == "everyone" else call.forum.group_named(str(name))
        if group is None or str(level) not in LEVELS:
            raise invalid_parameters("permissions")
        found.append((group.id, LEVELS[str(level)]))
    return [] if found == [(0, 1)] else found


def _parent(call: Call) -> Category | None:
    return call.category(call.text("parent_category_id")) if call.text("parent_category_id") else None


@routes("POST", "/categories")
def create(call: Call) -> Json:
    """Make a category."""
    if not call.guardian.admin:
        call.member()
        raise invalid_access()
    category = arranging.create_category(
        call.forum,
        call.need("name"),
        slug=call.text("slug"),
        color=call.text("color", "0088CC"),
        permissions=_permissions(call) or [],
        parent=_parent(call),
    )
    return {"category": category_show(call.forum, category, call.guardian, [0] * 6)}


@routes("PUT", "/categories/{id:int}")
def update(call: Call) -> Json:
    """Change a category."""
    category = call.category(call.path["id"])
    if not call.guardian.admin:
        raise invalid_access()
    changes: Json = {name: call.text(name) for name in ("name", "color", "slug", "description") if call.text(name)}
    permissions = _permissions(call)
    if permissions is not None:
        changes["permissions"] = [list(entry) for entry in permissions]
    if call.text("parent_category_id"):
        changes["parent_category_id"] = call.number("parent_category_id")
    arranging.update_category(call.forum, category, **changes)
    return {"success": "OK", "category": category_show(call.forum, category, call.guardian, counts(call.forum)[category.id])}


@routes("DELETE", "/categories/{id}")
def destroy(call: Call) -> Json:
    """Remove an empty category."""
    category = call.category(call.path["id"])
    if not call.guardian.admin:
        raise invalid_access()
    arranging.destroy_category(call.forum, category)
    return {"success": "OK"}


@routes("GET", "/tags")
def tags(call: Call) -> Json:
    """All tags with how often they are used in public topics."""
    used: dict[str, int] = {}
    for topic in call.forum.topics.values():
        if topic.deleted_at is None and not topic.private:
            for name in topic.tags:
                used[name] = used.get(name, 0) + 1
    found = sorted(call.forum.tags.values(), key=lambda tag: tag.name)
    return {
        "tags": [
            {"id": tag.id, "text": tag.name, "name": tag.name, "slug": slugify(tag.name), "count": used.get(tag.name, 0), "pm_count": 0, "target_tag": None}
            for tag in found
        ],
        "extras": {"categories": []},
    }
