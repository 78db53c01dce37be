"""Posts, likes, and the needs that questions are."""

import re
from dataclasses import replace
from datetime import timedelta

from mentorgraph.events import LikesRead, PostChanged, PostDeleted, PostLiked, PostUnliked, Source
from plugin.domain.content import Post, Topic
from plugin.domain.members import Member
from plugin.domain.needs import Need, NeedState
from plugin.graph import text
from plugin.services.hosts.handlers.counting import counts
from plugin.services.hosts.handlers.doubts import doubt
from plugin.services.hosts.handlers.forgetting import forget_post, hide_post
from plugin.services.hosts.handlers.members import consent_by_reply, known_or_new
from plugin.services.hosts.handlers.topics import solve
from plugin.services.recruiting import replying
from plugin.store.unit_of_work import UnitOfWork

ASKED_WITHIN = timedelta(days=14)
"""How old a question may be to be still taken for a need when it is first read."""
LATE = timedelta(minutes=10)
"""A delivery about a post that is older than this when it is first heard of may have been held back or sent again: the host is asked how the post is now."""
_REFUSALS = frozenset({"no", "not", "stop", "don't", "never", "unsubscribe", "nein", "nicht", "non", "pas", "nie", "não", "нет", "いいえ"})
"""Any of them among the first words makes a reply a refusal: rather one message too few than one that nobody agreed to."""
_WORD = re.compile(r"[\w']+")
_QUESTION_MARKS = frozenset("?？؟;՞")


def changed(event: PostChanged, unit: UnitOfWork) -> None:
    """Take in a version of a post, if its space counts; its words become counts of terms here and go no further."""
    old = unit.posts.get(event.post_id)
    if event.source is Source.HINT:
        if _is_gone(event, old, unit):
            doubt("post", event.post_id, unit=unit)
            return
        if old is not None and (old.version, old.updated_at) > (event.version, event.updated_at):
            return
    else:
        unit.gone.back("post", event.post_id)
    topic = unit.topics.get(event.topic_id)
    space_id = event.space_id or (topic.space_id if topic else None)
    if event.hidden or not _counts(event, space_id, unit):
        if old is not None:
            _no_longer(event, old, unit)
        return
    author = known_or_new(event.author_id, unit, username=event.author_username)
    if author is None:
        return
    nameless = topic is not None and topic.stripped
    if topic is None:
        # Where people were erased, a title may be the words of one of them: it waits for the topic itself, which says whose it is.
        title = "" if unit.members.any_buried() else event.topic_title or ""
        topic = Topic(id=event.topic_id, title=title, space_id=space_id, created_at=event.created_at if event.number == 1 else None)
        unit.topics.put(topic)
        doubt("topic", event.topic_id, unit=unit)
    if event.number == 1 and topic.author_id is None:
        topic = replace(topic, author_id=author.id)
        unit.topics.put(topic)
    new = Post(
        id=event.post_id,
        topic_id=event.topic_id,
        author_id=author.id,
        number=event.number,
        reply_to_number=event.reply_to_number,
        created_at=event.created_at,
        updated_at=event.updated_at,
        version=event.version,
        url="" if nameless else event.url or (old.url if old else ""),
        terms=_terms(event, old, unit),
        like_count=event.like_count if event.like_count is not None else (old.like_count if old else 0),
        live=True,
    )
    if old is None and event.source is Source.HINT and event.updated_at < unit.now - LATE:
        doubt("post", event.post_id, unit=unit)
    if new != old:
        unit.posts.put(new)
        unit.change("post", new.id)
        _learn(event, new, author, unit, is_new=old is None)
    _solution(event, topic, unit)
    if event.number == 1:
        _need(event, new, topic, author, unit)
    _heard(event, author, unit)


def _is_gone(event: PostChanged, old: Post | None, unit: UnitOfWork) -> bool:
    if old is not None:
        return not old.live
    return bool(unit.gone.has("post", [event.post_id])) or bool(unit.gone.has("topic", [event.topic_id]))


def _counts(event: PostChanged, space_id: str | None, unit: UnitOfWork) -> bool:
    count = counts(space_id, unit)
    if count is None and space_id is not None:
        # The space is asked about first, then the post is read again by what is known then.
        doubt("space", space_id, unit=unit)
        doubt("post", event.post_id, unit=unit)
    return bool(count)


def _no_longer(event: PostChanged, old: Post, unit: UnitOfWork) -> None:
    if event.source is Source.HOST:
        forget_post(old.id, unit)
    else:
        hide_post(old, unit)
        doubt("post", old.id, unit=unit, urgent=True)


def _terms(event: PostChanged, old: Post | None, unit: UnitOfWork) -> dict[int, int]:
    if event.text is None:
        return dict(old.terms) if old else {}
    return text.term_counts(event.text, key=unit.keys.terms)


def _learn(event: PostChanged, post: Post, author: Member, unit: UnitOfWork, *, is_new: bool) -> None:
    if event.text is not None:
        words = text.words_of(event.text, key=unit.keys.terms)
        unit.words.note(author.id, {digest: word for digest, word in words.items() if digest in post.terms})
    if event.mentions or not is_new:
        named = (unit.members.by_username(name) for name in event.mentions[:20])
        unit.posts.set_mentions(post.id, [member.id for member in named if member is not None and member.id != author.id], new=is_new)


def _solution(event: PostChanged, topic: Topic, unit: UnitOfWork) -> None:
    if event.accepted and topic.solution_post_id != event.post_id:
        solve(topic, event.post_id, unit)
    elif event.accepted is False and event.source is Source.HOST and topic.solution_post_id == event.post_id:
        unit.topics.put(replace(topic, solution_post_id=None))
        unit.change("topic", topic.id)


def _need(event: PostChanged, post: Post, topic: Topic, author: Member, unit: UnitOfWork) -> None:
    """Take a recent question for a need of its author."""
    if event.text is None or event.created_at < unit.now - ASKED_WITHIN or topic.closed or topic.solution_post_id is not None:
        return
    title = topic.title or event.topic_title or ""
    if not any(mark in event.text or mark in title for mark in _QUESTION_MARKS):
        return
    terms = dict(post.terms)
    for digest, count in text.term_counts(title, key=unit.keys.terms).items():
        # Two of each word in the title: a title says what a question is about.
        terms[digest] = terms.get(digest, 0) + 2 * count
    old = unit.needs.of_topic(topic.id)
    if old is not None and (old.terms == terms or old.state is NeedState.CLOSED):
        return
    unit.flush_rows()
    unit.needs.put(
        Need(
            id=old.id if old else unit.new_id(),
            member_id=author.id,
            text="",
            topic_id=topic.id,
            terms=terms,
            stated_at=event.created_at,
            state=NeedState.STALE if old else NeedState.NEW,
            trace_id=unit.trace_id,
        )
    )
    unit.wake("suggest")


def _heard(event: PostChanged, author: Member, unit: UnitOfWork) -> None:
    """What a reply says by where it stands."""
    _consent_by_reply(event, author, unit)
    if event.number != 1 and event.text is not None:
        replying.heard(unit, topic_id=event.topic_id, post_id=event.post_id, author=author, text=event.text)


def _consent_by_reply(event: PostChanged, author: Member, unit: UnitOfWork) -> None:
    if not unit.policy.opt_in_topic or event.topic_id != unit.policy.opt_in_topic or event.number == 1:
        return
    if event.text is not None:
        given = _REFUSALS.isdisjoint(_WORD.findall(event.text.lower().replace("’", "'"))[:8])
        consent_by_reply(author, given=given, said_at=event.updated_at, unit=unit)


def deleted(event: PostDeleted, unit: UnitOfWork) -> None:
    """Forget a post that the host confirms to be gone; hide one of which a delivery says so, and ask."""
    if event.source is Source.HOST:
        forget_post(event.post_id, unit)
        unit.gone.add("post", event.post_id, at=unit.now)
        return
    post = unit.posts.get(event.post_id)
    if post is None:
        unit.gone.add("post", event.post_id, at=unit.now)
        unit.change("post", event.post_id)
    else:
        hide_post(post, unit)
    doubt("post", event.post_id, unit=unit, urgent=True)


def liked(event: PostLiked, unit: UnitOfWork) -> None:
    """A member liked a post. Kept even before the post itself arrives; what never arrives is pruned."""
    member = unit.members.by_host(event.member_id)
    if member is None:
        doubt("member", event.member_id, unit=unit)
        return
    unit.flush_rows()
    if unit.likes.put(event.post_id, member.id, at=event.seen_at):
        unit.change("post", event.post_id)


def unliked(event: PostUnliked, unit: UnitOfWork) -> None:
    """A like was taken back."""
    member = unit.members.by_host(event.member_id)
    if member is not None:
        unit.likes.remove(event.post_id, member.id)
        unit.change("post", event.post_id)


def likes_read(event: LikesRead, unit: UnitOfWork) -> None:
    """All likes of one member were read."""
    member = unit.members.by_host(event.member_id)
    if member is None:
        return
    unit.flush_rows()
    listed, known = set(event.post_ids), unit.likes.by_member(member.id)
    for post_id in sorted(listed - known):
        unit.likes.put(post_id, member.id, at=event.seen_at)
        unit.change("post", post_id)
    for post_id in sorted(known - listed):
        unit.likes.remove(post_id, member.id)
        unit.change("post", post_id)
