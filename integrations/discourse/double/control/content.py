"""Acts on topics, posts and messages. The rules of content apply, the limits of members do not."""

from integrations.discourse.double.actions import posting, reactions, topics
from integrations.discourse.double.control.registry import Args, BadAct, act
from integrations.discourse.double.errors import Json
from integrations.discourse.double.model import Post


def _draft(args: Args) -> posting.Draft:
    reply_to = args.values.get("reply_to")
    return posting.Draft(
        raw=args.text("text"),
        title=args.text("title", ""),
        category=args.category(),
        tags=args.names("tags"),
        external_id=args.maybe("external_id"),
        created_at=args.when("created_at"),
        reply_to=reply_to if isinstance(reply_to, int) else None,
        whisper=args.flag("whisper"),
        free=args.flag("skip_validations"),
        fast=not args.flag("limits"),
    )


def _made(post: Post) -> Json:
    return {"post_id": post.id, "topic_id": post.topic_id, "post_number": post.post_number}


@act
def ask(args: Args) -> Json:
    """``by``, ``title``, ``text``; ``category``, ``tags``, ``external_id``, ``created_at``, ``skip_validations``."""
    return _made(posting.create_topic(args.forum, args.user("by"), _draft(args)))


@act
def message(args: Args) -> Json:
    """``by``, ``to``, ``title``, ``text``."""
    return _made(posting.create_message(args.forum, args.user("by"), _draft(args), to=args.names("to")))


@act
def reply(args: Args) -> Json:
    """``by``, ``topic_id``, ``text``; ``reply_to`` (a post's number), ``whisper``."""
    return _made(posting.reply(args.forum, args.user("by"), args.topic(), _draft(args)))


@act
def edit(args: Args) -> Json:
    """``post_id``, ``text``; ``by`` (default the author), ``title`` changes the title in the same step."""
    post = args.post()
    author = args.forum.author(post)
    by = args.user("by", author.username if author else "system")
    title = args.maybe("title")
    with_title = title is not None and post.post_number == 1
    posting.edit_post(args.forum, post, args.text("text"), by=by, reason=args.maybe("reason"), announce=not with_title, free=args.flag("skip_validations"))
    if with_title:
        topics.update_topic(args.forum, args.forum.topics[post.topic_id], by=by, title=title)
    return _made(post) | {"version": post.version}


@act
def retitle(args: Args) -> Json:
    """``topic_id``; ``title``, ``category``, ``tags``, ``by`` (default system)."""
    tags = args.names("tags") if "tags" in args.values else None
    topics.update_topic(args.forum, args.topic(), by=args.user("by", "system"), title=args.maybe("title"), category=args.category(), tags=tags)
    return {"topic_id": args.topic().id}


@act
def delete(args: Args) -> Json:
    """``post_id``; ``by`` (default system)."""
    posting.delete_post(args.forum, args.post(), by=args.user("by", "system"))
    return _made(args.post())


@act
def recover(args: Args) -> Json:
    """``post_id``; ``by`` (default system)."""
    posting.recover_post(args.forum, args.post(), by=args.user("by", "system"))
    return _made(args.post())


def _first(args: Args) -> Post:
    first = args.forum.first_post(args.topic().id)
    if first is None:
        raise BadAct("the topic has no post")
    return first


@act
def delete_topic(args: Args) -> Json:
    """``topic_id``; ``by``."""
    posting.delete_post(args.forum, _first(args), by=args.user("by", "system"))
    return _made(_first(args))


@act
def recover_topic(args: Args) -> Json:
    """``topic_id``; ``by``."""
    posting.recover_post(args.forum, _first(args), by=args.user("by", "system"))
    return _made(_first(args))


@act
def hide(args: Args) -> Json:
    """``post_id``; ``hidden`` (default true). No webhook tells of it."""
    posting.hide_post(args.forum, args.post(), hidden=args.flag("hidden", default=True))
    return _made(args.post())


@act
def set_status(args: Args) -> Json:
    """``topic_id``, ``status`` (closed, archived, visible, pinned), ``enabled``; ``by``."""
    topics.set_status(args.forum, args.topic(), args.text("status"), enabled=args.flag("enabled", default=True), by=args.user("by", "system"))
    return {"topic_id": args.topic().id}


@act
def like(args: Args) -> Json:
    """``by``, ``post_id``."""
    reactions.like(args.forum, args.post(), by=args.user("by"), fast=True)
    return _made(args.post())


@act
def unlike(args: Args) -> Json:
    """``by``, ``post_id``."""
    reactions.unlike(args.forum, args.post(), by=args.user("by"))
    return _made(args.post())


@act
def accept(args: Args) -> Json:
    """``post_id``; ``by`` (default system)."""
    reactions.accept(args.forum, args.post(), by=args.user("by", "system"))
    return _made(args.post())


@act
def unaccept(args: Args) -> Json:
    """``post_id``; ``by`` (default system)."""
    reactions.unaccept(args.forum, args.post(), by=args.user("by", "system"))
    return _made(args.post())


@act
def invite_to_message(args: Args) -> Json:
    """``topic_id``, ``username``; ``by``."""
    topics.invite_user(args.forum, args.topic(), args.user(), by=args.user("by", "system"))
    return {"topic_id": args.topic().id}
