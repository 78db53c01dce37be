"""The pages to read."""

from starlette.responses import RedirectResponse, Response

from integrations.discourse.double.errors import not_found
from integrations.discourse.double.model import Category, Post, Topic, User
from integrations.discourse.double.pages.view import View
from integrations.discourse.double.serial.topics import visible_posts

PER_PAGE = 30
PEOPLE_PER_PAGE = 48
POSTS_PER_PAGE = 50


def _page(view: View) -> int:
    text = view.request.query_params.get("page", "0")
    return int(text) if text.isdigit() and len(text) < 7 else 0


def _listed(view: View) -> list[Topic]:
    seen, staff = view.guardian.category_ids, view.guardian.staff
    return [
        topic
        for topic in view.forum.topics.values()
        if topic.archetype == "regular" and topic.deleted_at is None and (topic.visible or staff) and (topic.category_id is None or topic.category_id in seen)
    ]


def _list(view: View, topics: list[Topic], *, title: str, text: str = "", category: Category | None = None, active: str = "latest") -> Response:
    page = _page(view)
    if active == "latest":
        topics.sort(key=lambda topic: (topic.pinned_at is None, -topic.bumped_at, -topic.id))
    shown = topics[page * PER_PAGE : (page + 1) * PER_PAGE]
    rows = [(topic, view.forum.categories.get(topic.category_id or 0), _people(view, topic)) for topic in shown]
    more = page + 1 if len(topics) > (page + 1) * PER_PAGE else None
    return view.page("topics.html", title=title, text=text, rows=rows, category=category, more=more, page=page, active=active)


def _people(view: View, topic: Topic) -> list[User]:
    found: dict[int, None] = {}
    for post in view.forum.posts_of(topic.id):
        if post.user_id is not None and post.deleted_at is None:
            found.setdefault(post.user_id, None)
    return [view.forum.users[number] for number in list(found)[:5] if number in view.forum.users]


def home(view: View) -> Response:
    """The list of topics."""
    topics = _listed(view)
    active = {"/top": "top", "/new": "new"}.get(view.path, "latest")
    if active == "top":
        topics.sort(key=lambda topic: (-topic.like_count, -topic.posts_count, -topic.id))
    elif active == "new":
        topics.sort(key=lambda topic: -topic.created_at)
    text = view.forum.settings.description if active == "latest" and view.user is None else ""
    return _list(view, topics, title=view.forum.settings.title, text=text, active=active)


def categories(view: View) -> Response:
    """All categories with their latest topics."""
    found: dict[int, list[Topic]] = {}
    for topic in sorted(_listed(view), key=lambda item: -item.bumped_at):
        found.setdefault(topic.category_id or 1, []).append(topic)
    return view.page("categories.html", rows=[(item, found.get(item.id, [])) for item in view.sidebar()], active="categories")


def category(view: View, number: str) -> Response:
    """The topics of a category."""
    found = view.forum.categories.get(int(number))
    if found is None or found.id not in view.guardian.category_ids:
        raise not_found()
    topics = [topic for topic in _listed(view) if topic.category_id == found.id]
    return _list(view, topics, title=found.name, text=found.description or "", category=found)


def tag(view: View, name: str) -> Response:
    """The topics with a tag."""
    return _list(view, [topic for topic in _listed(view) if name in topic.tags], title=f"#{name}")


def topic(view: View, number: str, near: str | None = None) -> Response:
    """A topic or a private message with its posts."""
    found = view.forum.topics.get(int(number)) if len(number) < 15 else None
    if found is None or not view.guardian.can_see_topic(found):
        if view.user is None:
            raise not_found()
        return view.missing()
    posts = visible_posts(view.forum, found, view.guardian)
    page = _page(view)
    if near is not None and "page" not in view.request.query_params:
        index = next((i for i, post in enumerate(posts) if post.post_number >= int(near)), 0)
        page = index // POSTS_PER_PAGE
    shown = posts[page * POSTS_PER_PAGE : (page + 1) * POSTS_PER_PAGE]
    found.views += 1
    if view.user is not None:
        for notice in view.forum.user_notifications.get(view.user.id, ()):
            if view.forum.notifications[notice].topic_id == found.id:
                view.forum.notifications[notice].read = True
    by_number = {post.post_number: post for post in posts}
    rows = [_row(view, found, post, by_number) for post in shown]
    editing = view.request.query_params.get("edit", "")
    target = view.request.query_params.get("reply_to", "")
    return view.page(
        "topic.html",
        topic=found,
        category=view.forum.categories.get(found.category_id or 0),
        rows=rows,
        page=page,
        pages=(len(posts) + POSTS_PER_PAGE - 1) // POSTS_PER_PAGE,
        members=[view.forum.users[n] for n in found.allowed_users if n in view.forum.users],
        member_groups=[view.forum.groups[n] for n in found.allowed_groups if n in view.forum.groups],
        answer=view.forum.posts.get(found.accepted_post_id or 0),
        answer_by=view.forum.author(view.forum.posts[found.accepted_post_id]) if found.accepted_post_id in view.forum.posts else None,
        can_reply=view.guardian.can_reply(found),
        editing=int(editing) if editing.isdigit() else 0,
        reply_to=int(target) if target.isdigit() else 0,
    )


def _row(view: View, found: Topic, post: Post, by_number: dict[int, Post]) -> dict[str, object]:
    target = by_number.get(post.reply_to or 0)
    mine = view.user is not None and view.user.id == post.user_id
    return {
        "post": post,
        "author": view.forum.author(post),
        "target": target,
        "target_author": view.forum.author(target) if target else None,
        "accepted": found.accepted_post_id == post.id,
        "liked": view.user is not None and view.user.id in post.likes,
        "can_like": view.user is not None and not mine and not found.archived,
        "can_accept": view.forum.settings.solved_enabled and post.post_number > 1 and post.post_type == 1 and view.guardian.can_accept_answer(found),
        "can_edit": view.guardian.can_edit_post(post) and post.post_type == 1 and not post.user_deleted,
        "can_delete": view.guardian.can_delete_post(post) and (post.post_number > 1 or view.guardian.staff) and not post.user_deleted,
    }


def people(view: View) -> Response:
    """All members."""
    users = [user for user in view.forum.users.values() if user.id > 0 and user.active and not user.staged]
    users.sort(key=lambda user: (-(user.last_seen_at or 0), user.username.lower()))
    page = _page(view)
    shown = users[page * PEOPLE_PER_PAGE : (page + 1) * PEOPLE_PER_PAGE]
    rows = [(user, view.forum.post_count(user.id) + view.forum.topic_count(user.id)) for user in shown]
    return view.page(
        "people.html", rows=rows, total=len(users), page=page, more=page + 1 if len(users) > (page + 1) * PEOPLE_PER_PAGE else None, active="users"
    )


def _member(view: View, username: str) -> User:
    user = view.forum.user_named(username)
    if user is None or not user.active or user.staged:
        raise not_found()
    return user


def profile(view: View, username: str) -> Response:
    """A member's page."""
    user = view.user if username == "me" and view.user else _member(view, username)
    hidden = not view.guardian.can_see_profile(user)
    posts: list[Post] = []
    for number in reversed(view.forum.user_posts.get(user.id, ())):
        post = view.forum.posts[number]
        if (
            len(posts) < 12
            and post.post_type == 1
            and not view.forum.topics[post.topic_id].private
            and post.deleted_at is None
            and view.guardian.can_see_post(post)
        ):
            posts.append(post)
    accepted = {item.accepted_post_id for item in view.forum.topics.values() if item.accepted_post_id}
    groups = [view.forum.groups[number] for number in sorted(view.forum.user_groups.get(user.id, ())) if view.guardian.can_see_group(view.forum.groups[number])]
    grants = [view.forum.badges[view.forum.grants[number].badge_id] for number in view.forum.user_grants.get(user.id, ())]
    return view.page(
        "profile.html",
        user=user,
        hidden=hidden,
        posts=posts,
        groups=groups,
        grants=grants,
        fields=[(item, user.user_fields.get(str(item.id))) for item in view.forum.fields.values() if item.show_on_profile],
        numbers=[
            (view.forum.topic_count(user.id), "topics"),
            (view.forum.post_count(user.id), "replies"),
            (view.forum.likes_received(user.id), "likes received"),
            (sum(1 for number in view.forum.user_posts.get(user.id, ()) if number in accepted), "answers accepted"),
        ],
    )


def _mine(view: View, username: str) -> User:
    user = _member(view, username)
    if view.user is None or view.user.id != user.id:
        raise not_found()
    return user


def preferences(view: View, username: str) -> Response:
    """One's own profile to change."""
    return view.page("preferences.html", user=_mine(view, username), fields=[item for item in view.forum.fields.values() if item.editable])


def messages(view: View, username: str, which: str | None = None) -> Response:
    """One's private messages."""
    user = _mine(view, username)
    found = [view.forum.topics[number] for number in view.forum.messages if user.id in view.forum.topics[number].allowed_users]
    found = [item for item in found if item.deleted_at is None and ((item.user_id == user.id) if which == "sent" else True)]
    found.sort(key=lambda item: -item.bumped_at)
    unread = {view.forum.notifications[n].topic_id for n in view.forum.user_notifications.get(user.id, ()) if not view.forum.notifications[n].read}
    rows = [(item, [view.forum.users[n] for n in item.allowed_users if n in view.forum.users and n != user.id], item.id in unread) for item in found]
    return view.page("messages.html", user=user, rows=rows, which=which or "inbox")


def notifications(view: View, username: str) -> Response:
    """What a member was told."""
    user = _mine(view, username)
    words = {
        1: "mentioned you in",
        2: "replied in",
        4: "edited your post in",
        5: "liked your post in",
        6: "sent you a message:",
        7: "invited you to",
        14: "accepted your answer in",
    }
    rows = []
    for number in reversed(view.forum.user_notifications.get(user.id, [])[-60:]):
        notice = view.forum.notifications[number]
        rows.append((notice, words.get(notice.notification_type, "told you about"), view.forum.topics.get(notice.topic_id or 0)))
    return view.page("notifications.html", user=user, rows=rows)


def groups(view: View) -> Response:
    """All groups that may be seen."""
    found = [item for item in view.forum.groups.values() if not item.automatic and view.guardian.can_see_group(item)]
    return view.page("groups.html", rows=[(item, len(view.forum.group_members.get(item.id, ()))) for item in found], active="groups")


def group(view: View, name: str) -> Response:
    """A group and its members."""
    found = view.forum.group_named(name)
    if found is None or not view.guardian.can_see_group(found):
        raise not_found()
    owners = {number for number, item in view.forum.group_members.get(found.id, {}).items() if item.owner}
    shown = view.guardian.can_see_group_members(found)
    members = [view.forum.users[number] for number in view.forum.member_ids(found)] if shown else []
    inside = view.user is not None and view.user.id in view.forum.group_members.get(found.id, {})
    return view.page("group.html", group=found, members=members[:200], total=len(members), owners=owners, inside=inside, shown=shown)


def login(view: View) -> Response:
    """Choose a member to be."""
    if view.user is not None:
        return RedirectResponse("/", status_code=302)
    users = [user for user in view.forum.users.values() if user.id > 0 and user.active and not user.staged]
    users.sort(key=lambda user: (not user.admin, not user.moderator, -view.forum.post_count(user.id), user.username.lower()))
    waiting = "sso_payload" in view.request.cookies
    return view.page("login.html", users=users[:60], total=len(users), waiting=waiting, back=view.request.query_params.get("back", "/"))


def signup(view: View) -> Response:
    """Make an account."""
    return view.page("signup.html", fields=list(view.forum.fields.values()))


def new_topic(view: View) -> Response:
    """Write a topic."""
    if view.user is None:
        return RedirectResponse("/login?back=/new-topic", status_code=302)
    chosen = view.request.query_params.get("category", "")
    places = [item for item in view.sidebar() if view.guardian.can_create_in(item)]
    return view.page("new.html", message=False, places=places, chosen=int(chosen) if chosen.isdigit() else 0, to="", active="", begun=_begun(view))


def new_message(view: View) -> Response:
    """Write a private message."""
    if view.user is None:
        return RedirectResponse("/login", status_code=302)
    to = view.request.query_params.get("to") or view.request.query_params.get("username", "")
    return view.page("new.html", message=True, places=[], chosen=0, to=to, active="", begun=_begun(view))


def _begun(view: View) -> dict[str, str]:
    """Words that a link brings along, as Discourse's composer takes them."""
    return {"subject": view.request.query_params.get("title", ""), "body": view.request.query_params.get("body", "")}


def search(view: View) -> Response:
    """Topics that have all the words in title or text."""
    query = view.request.query_params.get("q", "").strip()
    words = [word for word in query.lower().split() if len(word) > 2]
    found = [item for item in _listed(view) if words and _has(view, item, words)]
    return _list(view, found, title=f"Search: {query}" if query else "Search")


def _has(view: View, item: Topic, words: list[str]) -> bool:
    text = item.title.lower() + " " + " ".join(post.raw.lower() for post in view.forum.posts_of(item.id) if post.deleted_at is None)
    return all(word in text for word in words)


def about(view: View) -> Response:
    """What this is."""
    staff = [user for user in view.forum.users.values() if user.id > 0 and (user.admin or user.moderator)]
    return view.page("about.html", staff=staff)


def letter(_view: View, letter_: str, colour: str, size: str) -> Response:
    """A letter on a colour, as everybody's picture."""
    shown = letter_.upper() if letter_.isalnum() else "?"
    side = min(int(size), 1000) if len(size) < 6 else 48
    text = f'<text x="50%" y="50%" dy=".36em" text-anchor="middle" font-family="Helvetica,Arial,sans-serif" font-size="52" fill="#fff">{shown}</text>'
    shade = f'<rect width="100" height="100" fill="#{colour}"/><rect width="100" height="100" fill="#000" opacity=".22"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}" viewBox="0 0 100 100">{shade}{text}</svg>'
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def logo(_view: View) -> Response:
    """The site's mark."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="14" fill="#2e7d6b"/>'
        '<path d="M16 22h32v18H30l-9 8v-8h-5z" fill="#fff"/></svg>'
    )
    return Response(svg, media_type="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"})


def theme_script(view: View, number: str) -> Response:
    """The compiled script of a component."""
    found = view.forum.compiled.get(int(number))
    if found is None:
        raise not_found()
    return Response(found, media_type="text/javascript", headers={"Cache-Control": "no-store"})
