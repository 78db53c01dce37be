"""What the imitation of a Circle community knows, and the records that it shows of it."""

import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

Record = dict[str, object]


@dataclass
class Member:
    """A member with both of their numbers."""

    id: int
    user_id: int
    name: str
    email: str
    created_at: datetime
    headline: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    tag_ids: set[int] = field(default_factory=set)
    confirmed: bool = True
    sso_user_id: str | None = None


@dataclass
class Space:
    """A space and who is in it."""

    id: int
    name: str
    slug: str
    group_id: int
    kind: str = "basic"
    private: bool = False
    member_ids: set[int] = field(default_factory=set)


@dataclass
class Post:
    """A post."""

    id: int
    space_id: int
    name: str
    slug: str
    body: str
    author: Member
    created_at: datetime
    updated_at: datetime
    status: str = "published"
    document: object = None


@dataclass
class Comment:
    """A comment."""

    id: int
    post_id: int
    body: str
    author: Member
    created_at: datetime
    parent_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A direct message of the token's owner; ``to`` are addresses."""

    id: int
    to: tuple[str, ...]
    document: object
    at: datetime


@dataclass
class State:
    """One community."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    token: str = "an admin token of version 2"  # noqa: S105 - opens an imitation
    base_url: str = "http://127.0.0.1"
    per_five_minutes: int = 2_000
    quota: int = 5_000
    calls: int = 0
    eligible: bool = True
    """Whether the plan includes the Admin API."""
    members: dict[int, Member] = field(default_factory=dict)
    spaces: dict[int, Space] = field(default_factory=dict)
    space_groups: dict[int, str] = field(default_factory=dict)
    access_groups: dict[int, tuple[str, set[int]]] = field(default_factory=dict)
    tags: dict[int, str] = field(default_factory=dict)
    posts: dict[int, Post] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    events: dict[int, Record] = field(default_factory=dict)
    messages: list[Sent] = field(default_factory=list)
    recent: deque[float] = field(default_factory=deque)
    """When requests came, oldest first."""
    fail_next: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    """Answers (status, headers, body) to give instead, oldest first."""
    lose_next: int = 0
    """Answers to changes that get lost after they took effect."""
    ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    # ------------------------------------------------------------------------------------------------------------ what people do

    def join(self, name: str, *, confirmed: bool = True, **values: object) -> Member:
        """A member joins, or is invited only."""
        number = next(self.ids)
        # The user's number differs from the member's, as it does in Circle.
        member = Member(
            id=number,
            user_id=number + 1_000_000,
            name=name,
            email=f"{name.split(maxsplit=1)[0].lower()}{number}@example.org",
            created_at=self.now(),
            confirmed=confirmed,
        )
        member.headline = str(values.pop("headline", ""))
        member.fields = dict(values)
        self.members[number] = member
        return member

    def open_space(self, name: str, *, kind: str = "basic", private: bool = False, slug: str = "") -> Space:
        """A space is made; Circle appends something to its slug."""
        group = next(iter(self.space_groups), None)
        if group is None:
            group = next(self.ids)
            self.space_groups[group] = "Home"
        number = next(self.ids)
        self.spaces[number] = Space(id=number, name=name, slug=f"{slug or name.lower()}-{number:x}", group_id=group, kind=kind, private=private)
        return self.spaces[number]

    def publish(self, space: Space, author: Member, name: str, body: str, *, slug: str = "", document: object = None) -> Post:
        """A post is published."""
        number, now = next(self.ids), self.now()
        self.posts[number] = Post(
            id=number,
            space_id=space.id,
            name=name,
            slug=f"{slug or 'post'}-{number:x}",
            body=body,
            author=author,
            created_at=now,
            updated_at=now,
            document=document,
        )
        return self.posts[number]

    def comment(self, post: Post, author: Member, body: str, *, parent: Comment | None = None) -> Comment:
        """A comment is written; only comments of the first level can be answered."""
        number = next(self.ids)
        self.comments[number] = Comment(
            id=number, post_id=post.id, body=body, author=author, created_at=self.now(), parent_id=None if parent is None else parent.id
        )
        return self.comments[number]

    def by_email(self, email: object) -> Member | None:
        """A member by their exact address."""
        return next((member for member in self.members.values() if member.email == email), None)

    def owner(self) -> Member:
        """Whose token it is: who made the community."""
        return next(iter(self.members.values()))

    # ------------------------------------------------------------------------------------------------------------ what Circle shows

    def member_record(self, member: Member) -> Record:
        """A member as listings show them."""
        first, _, last = member.name.partition(" ")
        return {
            "id": member.id,
            "user_id": member.user_id,
            "public_uid": f"{member.id:08x}",
            "first_name": first,
            "last_name": last,
            "name": member.name,
            "email": member.email,
            "headline": member.headline or None,
            "avatar_url": None,
            "profile_url": f"{self.base_url}/u/{member.id:08x}",
            "community_id": 1,
            "created_at": stamp(member.created_at),
            "updated_at": stamp(member.created_at),
            "last_seen_at": stamp(member.created_at) if member.confirmed else None,
            "profile_confirmed_at": stamp(member.created_at) if member.confirmed else None,
            "accepted_invitation": member.created_at.strftime("%Y-%m-%d %H:%M:%S UTC") if member.confirmed else "",
            "active": True,
            "sso_provider_user_id": member.sso_user_id,
            "member_tags": [{"id": tag, "name": self.tags[tag]} for tag in sorted(member.tag_ids)],
            "profile_fields": [],
            "flattened_profile_fields": member.fields,
            "posts_count": sum(post.author is member for post in self.posts.values()),
            "comments_count": sum(comment.author is member for comment in self.comments.values()),
        }

    def space_record(self, space: Space) -> Record:
        """A space as listings show it."""
        return {
            "id": space.id,
            "name": space.name,
            "slug": space.slug,
            "community_id": 1,
            "is_private": space.private,
            "space_type": space.kind,
            "display_view": "posts",
            "url": f"{self.base_url}/c/{space.slug}",
            "space_group": {"id": space.group_id, "name": self.space_groups[space.group_id]},
            "topics": [],
        }

    def post_record(self, post: Post) -> Record:
        """A post as listings show it."""
        space = self.spaces[post.space_id]
        found: Record = {
            "id": post.id,
            "status": post.status,
            "name": post.name,
            "slug": post.slug,
            "body": {"id": post.id, "name": "body", "body": post.body, "record_type": "Post", "record_id": post.id},
            "url": f"{self.base_url}/c/{space.slug}/{post.slug}",
            "space_id": space.id,
            "space_name": space.name,
            "space_slug": space.slug,
            "user_id": post.author.user_id,
            "user_email": post.author.email,
            "user_name": post.author.name,
            "community_id": 1,
            "published_at": stamp(post.created_at),
            "created_at": stamp(post.created_at),
            "updated_at": stamp(post.updated_at),
            "comments_count": sum(comment.post_id == post.id for comment in self.comments.values()),
            "likes_count": 0,
            "flagged_for_approval_at": None,
            "topics": [],
        }
        return found if post.document is None else {**found, "tiptap_body": post.document}

    def comment_record(self, comment: Comment) -> Record:
        """A comment as listings show it."""
        post = self.posts[comment.post_id]
        space = self.spaces[post.space_id]
        return {
            "id": comment.id,
            "parent_comment_id": comment.parent_id,
            "flagged_for_approval_at": None,
            "created_at": stamp(comment.created_at),
            "body": {"id": comment.id, "name": "body", "body": comment.body, "record_type": "Comment", "record_id": comment.id},
            "user": {"id": comment.author.user_id, "name": comment.author.name, "email": comment.author.email, "avatar_url": None},
            "post": {"id": post.id, "name": post.name, "slug": post.slug},
            "space": {"id": space.id, "slug": space.slug, "name": space.name},
            "url": f"{self.base_url}/c/{space.slug}/{post.slug}#comment_wrapper_{comment.id}",
            "community_id": 1,
            "likes_count": 0,
        }


@lru_cache(maxsize=10_000)
def stamp(moment: datetime) -> str:
    """A time as Circle writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def html_of(document: object) -> str:
    """A TipTap document as the HTML that Circle makes of it. Raises ``ValueError`` for a kind of node that Circle's examples do not have."""
    body = document.get("body") if isinstance(document, dict) else None
    if not isinstance(body, dict) or body.get("type") != "doc" or not isinstance(body.get("content"), list):
        raise ValueError("tiptap_body must hold a doc")
    return "".join(f"<p>{''.join(map(_inline, _children(paragraph, 'paragraph')))}</p>" for paragraph in body["content"])


def _children(node: object, kind: str) -> list[object]:
    if not isinstance(node, dict) or node.get("type") != kind or not isinstance(node.get("content", []), list):
        raise ValueError(f"a {kind} was expected")
    return list(node.get("content", []))


def _inline(node: object) -> str:
    if not isinstance(node, dict):
        raise ValueError("an inline node was expected")  # noqa: TRY004 - what is wrong is what was sent
    if node.get("type") == "hardBreak":
        return "<br>"
    text = node.get("text")
    if node.get("type") != "text" or not isinstance(text, str) or not text:
        raise ValueError("text must not be empty")
    shown = escape(text)
    for mark in node.get("marks", []):
        if mark.get("type") != "link":
            raise ValueError("only links are known")
        shown = f'<a href="{escape(mark["attrs"]["href"])}">{shown}</a>'
    return shown
