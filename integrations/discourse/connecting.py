"""Checking a forum, and setting up and removing what is ours there: webhooks and the theme component."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from integrations.discourse import theming
from integrations.discourse.forum import Forum, chosen
from integrations.discourse.manifest import HOOKS, MANIFEST, Hook
from integrations.values import Json, accent, entries, identifier, mapping, number, text
from mentorgraph.host import Capability, Connected, ConnectPlan, HostBroken, HostDenied, HostInfo, HostInvalid, HostNotFound
from mentorgraph.undoing import undo

_HOOKS = "/admin/api/web_hooks.json"
_JSON = 1
_SHORTEST_SECRET = 12
_MOST_PAGES = 100
REDUCED = "reduced"

_LIMITED = (
    "Without webhooks: the key does not reach them, so news arrive only as often as the forum is read. Make a global key for all users to change that.",
    "Without groups: the key may not manage them, so circles get no group of their own.",
)
_NEEDS_GLOBAL = frozenset({Capability.DELIVERIES, Capability.GROUPS})


# --------------------------------------------------------------------------------------------------------------------- describe


async def describe(forum: Forum) -> HostInfo:
    """Check in this order: this is a Discourse; the key is one; it is an admin's; it reaches webhooks.

    Raises :class:`HostBroken` (``other_kind``) or :class:`HostDenied` (``key_refused``, ``not_admin``).
    """
    basic = await _basic_info(forum)
    version = await _version(forum)
    await _require_users(forum, key_works=version is not None)
    hooks = await _reachable_hooks(forum)
    calendar = await _has_calendar(forum)
    site = await _site(forum)
    absent = set() if calendar else {Capability.EVENTS}
    if hooks is None:
        absent |= _NEEDS_GLOBAL
    elif "accepted_solution" not in hooks and hooks:
        absent |= {Capability.SOLUTIONS}
    return HostInfo(
        title=text(basic.get("title")) or forum.base_url,
        version=version or "",
        locale=text(basic.get("locale")) or "en",
        description=text(basic.get("description"), 1_000) or "",
        capabilities=MANIFEST.capabilities - absent,
        limits=_LIMITED if hooks is None else (),
        profile_fields=_profile_fields(site),
        accent=accent(_scheme(site).get("tertiary"), basic.get("header_background_color"), basic.get("header_primary_color")),
    )


_SIGNS = ("login_required", "header_primary_color", "header_background_color", "apple_touch_icon_url", "logo_url")


async def _basic_info(forum: Forum) -> Json:
    """What a forum says to everybody. Raises :class:`HostBroken` when something else answers."""
    try:
        found = await forum.api.get("/site/basic-info.json", anonymous=True)
    except (HostBroken, HostNotFound, HostDenied, HostInvalid) as error:
        raise _not_discourse() from error
    if text(found.get("title")) is None or not any(sign in found for sign in _SIGNS):
        raise _not_discourse()
    return found


def _not_discourse() -> HostBroken:
    return HostBroken("There is no Discourse at this address; give the address of the forum's front page.", reason="other_kind")


async def _version(forum: Forum) -> str | None:
    """The forum's version; ``None`` when the key is refused, empty when the forum does not tell."""
    try:
        return text(mapping((await forum.api.get("/about.json")).get("about")).get("version")) or ""
    except HostDenied:
        return None
    except HostNotFound:
        return ""


async def _require_users(forum: Forum, *, key_works: bool) -> None:
    """Raise :class:`HostDenied` unless the key reaches the list of users.

    On the admins' pages the forum answers "not found" to a wrong key and to a member's key alike; what it answered elsewhere tells them apart.
    """
    try:
        await forum.api.get_list("/admin/users/list/active.json", [("page", "1")])
    except (HostDenied, HostNotFound) as error:
        if key_works and isinstance(error, HostNotFound):
            raise HostDenied(
                "The key works, but its user is no admin of the forum; make the key for all users, or for an admin.", reason="not_admin"
            ) from error
        message = "The forum refuses the key: it is wrong, was revoked, or its scopes lack 'users: list'. Make a global key for all users in Admin, API."
        raise HostDenied(message, reason="key_refused") from error


async def _reachable_hooks(forum: Forum) -> Mapping[str, int] | None:
    """Subscriptions that webhooks may have, by name; ``None`` when the key does not reach webhooks."""
    try:
        return _subscriptions(await forum.api.get(_HOOKS))
    except (HostDenied, HostNotFound):
        return None


async def _has_calendar(forum: Forum) -> bool:
    try:
        await forum.api.get("/discourse-post-event/events.json", [("limit", "1")])
    except (HostDenied, HostNotFound, HostInvalid, HostBroken):
        return False
    return True


async def _site(forum: Forum) -> Json:
    """The site's set-up; empty when this key may not see it."""
    try:
        return await forum.api.get("/site.json")
    except (HostDenied, HostNotFound):
        return {}


def _scheme(site: Json) -> Mapping[str, object]:
    """The colours of the default theme by name; ``tertiary`` is the one of links and buttons. Empty for the colours that every forum is delivered with."""
    return {name: one.get("hex") for one in entries(mapping(site.get("default_light_color_scheme")).get("colors")) if (name := text(one.get("name")))}


def _profile_fields(site: Json) -> Mapping[str, str]:
    """The questions of the profile."""
    return {field_id: text(item.get("name")) or "" for item in entries(site.get("user_fields")) if (field_id := identifier(item.get("id")))}


# --------------------------------------------------------------------------------------------------------------------- connect


@dataclass(frozen=True, slots=True)
class _Registered:
    """What the forum says of webhooks: subscriptions by name, and the ids of those that lead to us."""

    subscriptions: Mapping[str, int]
    ours: frozenset[str]


async def connect(forum: Forum, plan: ConnectPlan) -> Connected:
    """Set up two webhooks and have each pinged.

    Hooks that led to the same address before are removed once the new ones stand. When a step fails, or is cancelled, whatever was made is removed again.
    With a key that does not reach webhooks nothing is set up, and the admin is told what that means.
    """
    if len(plan.hook_secret) < _SHORTEST_SECRET:
        raise HostInvalid(f"A webhook secret has at least {_SHORTEST_SECRET} characters.", reason="secret")
    if not forum.installation.hook_url.startswith(("https://", "http://")):
        raise HostInvalid("There is no address for deliveries yet; set the public address of this service.", reason="hook_url")
    try:
        before = await _registered(forum)
    except (HostDenied, HostNotFound):
        return await _reduced(forum)
    spaces = chosen(await forum.spaces(fresh=True), plan.spaces, strict=True)
    categories = sorted(int(space.space_id) for space in spaces)
    # A hook without categories would bring everything, private messages included; so rather none.
    wanted = {name: hook for name, hook in HOOKS.items() if categories or not hook.filtered_by_category}
    themes = await theming.installed(forum)
    try:
        made = {name: await _create(forum, plan, hook, before.subscriptions, categories) for name, hook in wanted.items()}
        for hook_id in made.values():
            await forum.api.write("POST", f"/admin/api/web_hooks/{hook_id}/ping.json", repeatable=True)
        theme_id, left = await theming.install(forum, themes)
    except BaseException as error:
        # An answer may have been lost after the forum had made one: every hook that leads to us and was not there before.
        by_hand = f"A webhook to {forum.installation.hook_url} may be left on the forum; remove it in Admin, API, Webhooks."
        await undo(_remove_new(forum, before, themes), error, left=by_hand)
        if isinstance(error, HostDenied):
            return await _reduced(forum)  # a read-only key sees webhooks and cannot make one
        raise
    for hook_id in before.ours:
        await _remove(forum, hook_id)
    remote = {f"hook_{name}": hook_id for name, hook_id in made.items()} | {"mode": "full", "spaces": ",".join(map(str, categories))}
    if theme_id is not None:
        remote["theme"] = theme_id
    none = () if categories else ("No category is open to every member, so no posts are heard; name categories to be heard.",)
    return Connected(remote=remote, to_do=(*none, *left, *_by_hand(forum)))


async def _reduced(forum: Forum) -> Connected:
    """Nothing is set up. Raises :class:`HostDenied` when the key does not reach the forum's members either."""
    await forum.require_admin()
    return Connected(remote={"mode": REDUCED}, to_do=(*_LIMITED, *_by_hand(forum)))


async def _remove_new(forum: Forum, before: _Registered, themes: frozenset[str]) -> None:
    await theming.remove_new(forum, themes)
    for hook_id in (await _registered(forum)).ours - before.ours:
        await _remove(forum, hook_id)


async def _create(forum: Forum, plan: ConnectPlan, hook: Hook, subscriptions: Mapping[str, int], categories: Sequence[int]) -> str:
    ids = sorted({subscriptions[name] for name in hook.subscriptions if name in subscriptions})
    if not ids:
        ids = sorted({subscriptions[name] for name in hook.older_groups if name in subscriptions})
    if not ids:
        raise HostBroken("The forum offers none of the webhook events that are needed; update it.", reason="no_events")
    asked = {
        "payload_url": forum.installation.hook_url,
        "content_type": _JSON,
        "secret": plan.hook_secret,
        "wildcard_web_hook": False,
        "active": True,
        "verify_certificate": True,
        "web_hook_event_type_ids": ids,
        "category_ids": list(categories) if hook.filtered_by_category else [],
        "group_ids": [],
        "tag_names": [],
    }
    created = mapping((await forum.api.write("POST", _HOOKS, {"web_hook": asked}, repeatable=False)).get("web_hook"))
    hook_id = identifier(created.get("id"))
    if hook_id is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a webhook was expected.")
    return hook_id


def _by_hand(forum: Forum) -> tuple[str, ...]:
    """What only an admin can do. ``{secret}`` stands where the caller puts the sign-in secret, which is shown once and never kept in words."""
    host = urlsplit(forum.installation.callback_url).hostname or "the address of this service"
    return (
        "Sign-in: in Admin, Settings, Login turn on 'enable discourse connect provider' and add to 'discourse connect provider secrets' the row: "
        + host
        + "|{secret}",
        "Optional: in Admin, User fields add questions such as 'What can you help with?', so that members can say it in their profile.",
    )


async def _registered(forum: Forum) -> _Registered:
    """All webhooks, in pages of 50."""
    subscriptions: dict[str, int] = {}
    ours: set[str] = set()
    seen: set[str] = set()
    for _page in range(_MOST_PAGES):
        found = await forum.api.get(_HOOKS, [("offset", str(len(seen)))])
        subscriptions |= _subscriptions(found)
        hooks = {hook_id: item for item in entries(found.get("web_hooks")) if (hook_id := identifier(item.get("id")))}
        fresh = hooks.keys() - seen
        if not fresh:
            break
        seen |= fresh
        ours |= {hook_id for hook_id in fresh if hooks[hook_id].get("payload_url") == forum.installation.hook_url}
    return _Registered(subscriptions, frozenset(ours))


def _subscriptions(found: Json) -> dict[str, int]:
    """Names and ids of what a webhook may subscribe to, however the version groups them. Only the names are stable."""
    extras = mapping(found.get("extras"))
    told = extras.get("grouped_event_types") or extras.get("event_types") or extras.get("default_event_types")
    return dict(_named(told, depth=4))


def _named(value: object, *, depth: int) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        name, type_id = text(value.get("name")), number(value.get("id"))
        if name and type_id is not None:
            yield name, type_id
    if depth and isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _named(item, depth=depth - 1)


async def _remove(forum: Forum, hook_id: str) -> None:
    try:
        await forum.api.write("DELETE", f"/admin/api/web_hooks/{hook_id}.json", repeatable=True)
    except HostNotFound:
        return


async def disconnect(forum: Forum, remote: Mapping[str, str]) -> None:
    """Remove the webhooks and the component that :func:`connect` made. What is gone already is no error, and a key that was revoked is."""
    ids = [hook_id for name, hook_id in sorted(remote.items()) if name.startswith("hook_") and identifier(hook_id) == hook_id]
    theme_id = identifier(remote.get("theme"))
    if ids or theme_id:
        await forum.require_admin()
    for hook_id in ids:
        await _remove(forum, hook_id)
    if theme_id:
        await theming.remove(forum, theme_id)
