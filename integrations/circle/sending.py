"""Saying things in Circle, which has no key by which a repeat could be told from a second message.

A post, an event and a space carry our key in their slug or are known by name and time, so a repeat finds the first. A comment is known by its words. A direct
message cannot be looked up by an admin's token: a repeat after a lost answer may reach the member twice.
"""

import hashlib
from datetime import UTC

from integrations.circle import messages
from integrations.circle.community import CIRCLE, Community
from integrations.circle.reading import ACCESS
from integrations.values import Json, entries, identifier, mapping, moment, text
from integrations.wording import one_line
from mentorgraph.host import (
    AddToGroup,
    CalendarEntry,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostBroken,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Receipt,
    RemoveFromGroup,
    Reply,
    TopicMessage,
)

_SECTION = "Mentorship circles"


async def send(community: Community, message: HostMessage, *, key: str) -> Receipt:
    """Say a message."""
    match message:
        case DirectMessage():
            return await _direct(community, message)
        case TopicMessage():
            entry = _event_of(community, message)
            return await (_event(community, entry, message) if entry else _post(community, message, key))
        case EditTopic():
            return await _edit(community, message)
        case Reply():
            answer = await community.api.write(
                "POST", "/comments", {"body": messages.comment(message.body), "post_id": _number(message.topic_id)}, repeatable=False
            )
            return _receipt(answer, prefix="c")
        case CreateGroup():
            return await _create(community, message, key)
        case AddToGroup():
            for name in message.usernames:
                await _add(community, message.group_id, await community.address_of(name))
            return Receipt(remote_id=message.group_id)
        case RemoveFromGroup():
            for name in message.usernames:
                await _remove(community, message.group_id, name)
            return Receipt(remote_id=message.group_id)
        case GrantBadge():
            return await _tag(community, message)


async def find_sent(community: Community, message: HostMessage, *, key: str) -> Receipt | None:
    """Look whether a message is there; ``None`` also where Circle cannot be asked."""
    match message:
        case TopicMessage():
            entry = _event_of(community, message)
            if entry:
                return await _find_event(community, entry, community.setting("event_space"))
            params = [("space_id", message.space_id), ("sort", "latest"), ("search_text", one_line(message.title))]
            found = (await community.api.page("/posts", 1, params)).records
            return next((_receipt(record) for record in found if (text(record.get("slug")) or "").startswith(_slug(key))), None)
        case Reply():
            words = messages.comment(message.body)
            found = (await community.api.page("/comments", 1, [("post_id", message.topic_id)])).records
            return next((_receipt(record, prefix="c") for record in found if text(mapping(record.get("body")).get("body"), 30_000) == words), None)
        case CreateGroup():
            space = next((space for space in await community.spaces(fresh=True) if space.slug.startswith(_slug(key))), None)
            return None if space is None else await _fill(community, message, space.id, space.url)
        case _:
            return None


# --------------------------------------------------------------------------------------------------------------------- words


async def _direct(community: Community, message: DirectMessage) -> Receipt:
    to = [await community.address_of(name) for name in message.to]
    if not to:
        raise HostInvalid("The message names no member.", reason="nobody")
    recipients: dict[str, object] = {"user_email": to[0]} if len(to) == 1 else {"user_emails": to}
    body = {"rich_text_body": messages.document(message.body, title=message.title), **recipients}
    answer = await community.api.write("POST", "/messages", body, repeatable=False)
    return _receipt(mapping(answer.get("chat_room_message")))


async def _post(community: Community, message: TopicMessage, key: str) -> Receipt:
    values: dict[str, object] = {
        "space_id": _number(message.space_id),
        "name": one_line(message.title),
        "slug": _slug(key),
        "status": "published",
        # Circle's description asks for both; the document is what is shown.
        "body": messages.plain(message.body),
        "tiptap_body": messages.document(message.body),
    }
    answer = await community.api.write("POST", "/posts", values, repeatable=False)
    return _receipt(mapping(answer.get("post")))


async def _edit(community: Community, message: EditTopic) -> Receipt:
    values: dict[str, object] = {
        "name": one_line(message.title),
        "body": messages.plain(message.body),
        "tiptap_body": messages.document(message.body),
    }
    answer = await community.api.write("PUT", f"/posts/{_number(message.topic_id)}", values, repeatable=True)
    found = mapping(answer.get("post"))
    return Receipt(remote_id=message.topic_id, url=text(found.get("url"), 500) or "")


def _event_of(community: Community, message: TopicMessage) -> CalendarEntry | None:
    """The event that a message is about, if the community has a space for events."""
    entry = next((block for block in message.body if isinstance(block, CalendarEntry)), None)
    return entry if community.setting("event_space") else None


async def _event(community: Community, entry: CalendarEntry, message: TopicMessage) -> Receipt:
    space = _number(community.setting("event_space"))
    setting: dict[str, object] = {
        "starts_at": entry.start.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "duration_in_seconds": int((entry.end - entry.start).total_seconds()),
        "location_type": "virtual" if entry.url else "tbd",
        "virtual_location_url": entry.url,
    }
    event = {
        "name": one_line(entry.name),
        "space_id": space,
        "status": "published",
        "event_type": "single",
        "body": messages.plain([block for block in message.body if block is not entry]),
        "event_setting_attributes": {name: value for name, value in setting.items() if value != ""},
    }
    return _receipt(await community.api.write("POST", "/events", {"space_id": space, "event": event}, repeatable=False), prefix="e")


async def _find_event(community: Community, entry: CalendarEntry, space: str) -> Receipt | None:
    for record in await community.listing("/events", [("space_id", space)]):
        if text(record.get("name")) == one_line(entry.name) and moment(record.get("starts_at")) == entry.start.astimezone(UTC):
            return _receipt(record, prefix="e")
    return None


# --------------------------------------------------------------------------------------------------------------------- groups and badges


async def _create(community: Community, message: CreateGroup, key: str) -> Receipt:
    values: dict[str, object] = {
        "name": one_line(message.title),
        "slug": _slug(key),
        "space_group_id": await _section(community),
        "space_type": "basic",
        "is_private": True,
        "is_hidden_from_non_members": True,
    }
    answer = mapping((await community.api.write("POST", "/spaces", values, repeatable=False)).get("space"))
    found = identifier(answer.get("id"))
    if found is None:
        raise HostBroken("Circle does not say which space was made.")
    await community.spaces(fresh=True)
    return await _fill(community, message, found, text(answer.get("url"), 500) or "")


async def _fill(community: Community, message: CreateGroup, space: str, url: str) -> Receipt:
    group = f"space:{space}"
    for name in dict.fromkeys((*message.owner_usernames, *message.member_usernames)):
        await _add(community, group, await community.address_of(name))
    return Receipt(remote_id=group, url=url)


async def _section(community: Community) -> int:
    """The section of the sidebar that our spaces are in: the one that the admin chose, else one of ours, made when it is first needed."""
    chosen = community.setting("circle_space_group")
    if chosen:
        return _number(chosen)
    for record in await community.listing("/space_groups", [("name", _SECTION)]):
        found = identifier(record.get("id"))
        if found and text(record.get("name")) == _SECTION:
            return int(found)
    made = await community.api.write(
        "POST", "/space_groups", {"name": _SECTION, "slug": "mentorship-circles", "is_hidden_from_non_members": True}, repeatable=False
    )
    return _number(identifier(made.get("id")) or "")


async def _add(community: Community, group: str, email: str) -> None:
    kind, _, found = group.partition(":")
    if kind == ACCESS:
        await community.api.write("POST", f"/access_groups/{_number(found)}/community_members", {"email": email}, repeatable=True)
        return
    try:
        await community.api.write("POST", "/space_members", {"email": email, "space_id": _number(found)}, repeatable=True)
    except HostInvalid:
        # Circle does not say why not. Who is in already is no error.
        await community.api.get("/space_member", [("email", email), ("space_id", found)])


async def _remove(community: Community, group: str, username: str) -> None:
    kind, _, found = group.partition(":")
    try:
        email = await community.address_of(username)
        params = [("email", email)] if kind == ACCESS else [("email", email), ("space_id", str(_number(found)))]
        path = f"/access_groups/{_number(found)}/community_members" if kind == ACCESS else "/space_members"
        await community.api.write("DELETE", path, params=params, repeatable=True)
    except HostNotFound:
        # Whoever is out already, or has left the community, is out.
        return


async def _tag(community: Community, message: GrantBadge) -> Receipt:
    name = one_line(message.badge_name)
    email = await community.address_of(message.username)
    tag = await _tag_named(community, name) or await _make_tag(community, name)
    await community.api.write("POST", "/tagged_members", {"member_tag_id": _number(tag), "user_email": email}, repeatable=True)
    return Receipt(remote_id=tag)


async def _tag_named(community: Community, name: str) -> str | None:
    records = await community.listing("/member_tags", [("name", name)])
    return next((found for record in records if text(record.get("name")) == name and (found := identifier(record.get("id")))), None)


async def _make_tag(community: Community, name: str) -> str:
    values: dict[str, object] = {"name": name, "is_public": True, "display_format": "label", "color": "#2a7f62"}
    made = await community.api.write("POST", "/member_tags", values, repeatable=False)
    found = identifier(made.get("id")) or next((one for item in entries([made.get("member_tag")]) if (one := identifier(item.get("id")))), None)
    if found is None:
        raise HostBroken("Circle does not say which tag was made.")
    return found


def _receipt(record: Json, *, prefix: str = "") -> Receipt:
    found = identifier(record.get("id"))
    if found is None:
        raise HostBroken("Circle does not say what the message became.")
    return Receipt(remote_id=f"{prefix}{found}", url=text(record.get("url"), 500) or "")


def _number(name: str) -> int:
    found = identifier(name)
    if found is None:
        raise HostNotFound(f"Circle has nothing called {name[:60]!r}; ids are numbers.")
    return int(found)


def _slug(key: str) -> str:
    return f"{CIRCLE}{hashlib.sha256(key.encode()).hexdigest()[:16]}"
