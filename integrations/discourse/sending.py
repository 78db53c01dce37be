"""Saying things in the forum, once.

Topics and private messages carry our key as their ``external_id``, which is unique on the forum: a repeat is refused and the first one found, so nothing comes
twice. Replies have no such id. They carry the key in an HTML comment, which nobody sees; before a repeat the topic's last posts are searched for it. Two
sends of one reply at the same moment could both get through, which the caller's outbox rules out.
"""

from collections.abc import Mapping

from integrations.discourse import addresses, granting, messages
from integrations.discourse.forum import Forum, segment
from integrations.discourse.names import checked, external_id, reference
from integrations.values import Json, entries, identifier, integers, mapping, number, text
from mentorgraph.host import (
    AddToGroup,
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

_REPLIES_SEARCHED = 20


async def send(forum: Forum, message: HostMessage, *, key: str) -> Receipt:
    """Say ``message`` unless it was said under this ``key`` before."""
    match message:
        case DirectMessage() | TopicMessage():
            return await _topic(forum, message, key)
        case EditTopic():
            return await _edit(forum, message)
        case Reply():
            return await find_sent(forum, message, key=key) or await _reply(forum, message, key)
        case CreateGroup():
            return await granting.create_group(forum, message, reference=reference(key))
        case AddToGroup():
            return await granting.add(forum, message)
        case RemoveFromGroup():
            return await granting.remove(forum, message)
        case GrantBadge():
            return await granting.grant_badge(forum, message)


async def find_sent(forum: Forum, message: HostMessage, *, key: str) -> Receipt | None:
    """Where ``message`` was put under this ``key``; ``None`` when it is not there."""
    match message:
        case DirectMessage() | TopicMessage():
            topic_id = await forum.api.topic_by_external_id(external_id(key))
            if topic_id is not None:
                return _topic_receipt(forum, topic_id)
            return await _same_message(forum, message) if isinstance(message, DirectMessage) else None
        case EditTopic():
            return await _find_edited(forum, message)
        case Reply():
            return await _find_reply(forum, message, key)
        case CreateGroup():
            return await granting.find_group(forum, message, reference=reference(key))
        case AddToGroup():
            return await granting.find_members(forum, message.group_id, message.usernames, inside=True)
        case RemoveFromGroup():
            return await granting.find_members(forum, message.group_id, message.usernames, inside=False)
        case GrantBadge():
            return await granting.find_badge(forum, message)


# --------------------------------------------------------------------------------------------------------------------- topics and private messages


async def _topic(forum: Forum, message: DirectMessage | TopicMessage, key: str) -> Receipt:
    wanted = external_id(key)
    rendered = messages.rendered(message, base_url=forum.base_url, calendar=forum.calendar)
    asked: dict[str, object] = {"title": rendered.title, "raw": rendered.text, "external_id": wanted}
    if isinstance(message, DirectMessage):
        asked |= {"archetype": "private_message", "target_recipients": ",".join(checked(message.to))}
    else:
        if identifier(message.space_id) is None:
            raise HostInvalid(f"{message.space_id!r} is not a category of this forum.", reason="space")
        asked |= {"category": int(message.space_id), "tags": list(message.tags)}
    try:
        created = await forum.api.write("POST", "/posts.json", asked, repeatable=True)
    except HostInvalid:
        known = await forum.api.topic_by_external_id(wanted)  # refused because an earlier try got through
        if known is None:
            raise
        return _topic_receipt(forum, known)
    if text(created.get("action")) == "enqueued":  # waits for a moderator, who is asked once and not again
        return Receipt(remote_id="queued", url=f"{forum.base_url}/review")
    topic_id = identifier(_post(created).get("topic_id"))
    if topic_id is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a new topic was expected.")
    return _topic_receipt(forum, topic_id)


def _topic_receipt(forum: Forum, topic_id: str) -> Receipt:
    """The same whichever way the topic was found; the forum leads on from an address without a slug."""
    return Receipt(remote_id=topic_id, url=addresses.topic_url(forum.base_url, topic_id, None))


def _post(created: Mapping[str, object]) -> Json:
    """The post of an answer, which newer versions wrap; one that waits for approval has none."""
    inner = created.get("post")
    return inner if isinstance(inner, dict) else created


async def _same_message(forum: Forum, message: DirectMessage) -> Receipt | None:
    """A private message with this title and text among the last ones sent, for a forum that did not keep the external id."""
    rendered = messages.rendered(message, base_url=forum.base_url, calendar=forum.calendar)
    try:
        sent = await forum.api.get(f"/topics/private-messages-sent/{segment(forum.installation.api_username)}.json")
    except HostNotFound:
        return None
    wanted = {name.casefold() for name in message.to}
    for item in entries(mapping(sent.get("topic_list")).get("topics")):
        topic_id = identifier(item.get("id"))
        if topic_id is None or item.get("title") != rendered.title or item.get("external_id"):
            continue
        topic = await forum.api.get(f"/t/{topic_id}.json")
        there = {(text(user.get("username")) or "").casefold() for user in entries(mapping(topic.get("details")).get("allowed_users"))}
        if topic.get("external_id") is None and wanted <= there and await _begins_with(forum, topic, rendered.text):
            return _topic_receipt(forum, topic_id)
    return None


async def _find_edited(forum: Forum, message: EditTopic) -> Receipt | None:
    """The topic, if it is as the message wants it."""
    rendered = messages.rendered(message, base_url=forum.base_url, calendar=forum.calendar)
    try:
        topic = await forum.api.get(f"/t/{segment(message.topic_id)}.json")
    except HostNotFound:
        return None
    same = text(topic.get("title"), messages.MAX_TITLE) == rendered.title and await _begins_with(forum, topic, rendered.text)
    return _topic_receipt(forum, message.topic_id) if same else None


async def _begins_with(forum: Forum, topic: Json, raw: str) -> bool:
    stream = integers(mapping(topic.get("post_stream")).get("stream"))
    if not stream:
        return False
    return (text((await forum.api.get(f"/posts/{stream[0]}.json")).get("raw"), messages.MAX_RAW * 2) or "").strip() == raw.strip()


async def _edit(forum: Forum, message: EditTopic) -> Receipt:
    """A new title and first post. The topic is not lifted in the lists: nothing new was said to those who know it."""
    if identifier(message.topic_id) is None:
        raise HostInvalid(f"{message.topic_id!r} is not a topic of this forum.", reason="topic")
    rendered = messages.rendered(message, base_url=forum.base_url, calendar=forum.calendar)
    topic = await forum.api.get(f"/t/{segment(message.topic_id)}.json")
    stream = integers(mapping(topic.get("post_stream")).get("stream"))
    if not stream:
        raise HostNotFound("The forum has no such topic, or does not show it to this key.")
    if text(topic.get("title"), messages.MAX_TITLE) != rendered.title:
        await forum.api.write("PUT", f"/t/-/{message.topic_id}.json", {"title": rendered.title}, repeatable=True)
    await forum.api.write("PUT", f"/posts/{stream[0]}.json", {"post": {"raw": rendered.text}, "bypass_bump": True}, repeatable=True)
    return _topic_receipt(forum, message.topic_id)


# --------------------------------------------------------------------------------------------------------------------- replies


async def _reply(forum: Forum, message: Reply, key: str) -> Receipt:
    if identifier(message.topic_id) is None:
        raise HostInvalid(f"{message.topic_id!r} is not a topic of this forum.", reason="topic")
    raw = messages.rendered(message, base_url=forum.base_url, calendar=forum.calendar).text
    created = _post(await forum.api.write("POST", "/posts.json", {"topic_id": int(message.topic_id), "raw": f"{raw}\n\n{_mark(key)}"}, repeatable=False))
    return _post_receipt(forum, message.topic_id, created)


def _mark(key: str) -> str:
    return f"<!-- mentorgraph {reference(key)} -->"


def _post_receipt(forum: Forum, topic_id: str, post: Json) -> Receipt:
    post_id = identifier(post.get("id"))
    if post_id is None:
        raise HostBroken("The forum's answer is not what Discourse sends: a new post was expected.")
    return Receipt(remote_id=post_id, url=addresses.post_url(forum.base_url, topic_id, text(post.get("topic_slug")), number(post.get("post_number")) or 1))


async def _find_reply(forum: Forum, message: Reply, key: str) -> Receipt | None:
    """The reply with our mark among the topic's last posts of ours."""
    if identifier(message.topic_id) is None:
        return None
    topic = await forum.api.get(f"/t/{message.topic_id}.json")
    last = integers(mapping(topic.get("post_stream")).get("stream"))[-_REPLIES_SEARCHED:]
    if not last:
        return None
    page = await forum.api.get(f"/t/{message.topic_id}/posts.json", [("post_ids[]", str(post_id)) for post_id in last] + [("include_raw", "true")])
    ours = forum.installation.api_username.casefold()
    for post in entries(mapping(page.get("post_stream")).get("posts")):
        post_id = identifier(post.get("id"))
        if post_id is None or (text(post.get("username")) or "").casefold() != ours:
            continue
        raw = post.get("raw")
        if not isinstance(raw, str):
            raw = (await forum.api.get(f"/posts/{post_id}.json")).get("raw")
        if isinstance(raw, str) and _mark(key) in raw:
            return _post_receipt(forum, message.topic_id, post)
    return None
