"""What the forms of the pages do."""

from dataclasses import dataclass

from starlette.responses import RedirectResponse, Response

from integrations.discourse.double.actions import accounts, membership, posting, reactions, sessions
from integrations.discourse.double.api.auth import COOKIE
from integrations.discourse.double.errors import Json, invalid_access, not_found
from integrations.discourse.double.model import Group, Post, Topic, User
from integrations.discourse.double.pages.view import View
from integrations.discourse.double.sso import DESTINATION_COOKIE, RESUME_COOKIE


@dataclass(frozen=True, slots=True)
class Form:
    """What a form sent."""

    values: Json

    def text(self, name: str) -> str:
        """A field, without white space around it."""
        value = self.values.get(name)
        return value.strip() if isinstance(value, str) else ""

    def number(self, name: str) -> int:
        """A field as a number; 0 for anything else."""
        text = self.text(name)
        return int(text) if text.isdigit() and len(text) < 15 else 0


def _go(path: str) -> RedirectResponse:
    return RedirectResponse(path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/", status_code=303)


def _me(view: View) -> User:
    if view.user is None:
        raise invalid_access()
    return view.user


def _post(view: View, form: Form) -> Post:
    post = view.forum.posts.get(form.number("post_id"))
    if post is None or not view.guardian.can_see_post(post):
        raise not_found()
    return post


def _to(view: View, post: Post) -> RedirectResponse:
    topic = view.forum.topics[post.topic_id]
    return _go(f"/t/{topic.slug}/{topic.id}" + (f"/{post.post_number}" if post.post_number > 1 else ""))


def log_in(view: View, form: Form) -> Response:
    """Sign in as the member that was chosen; goes on with a sign-in elsewhere that waits."""
    user = view.forum.user_named(form.text("username")) or view.forum.user_by_email(form.text("username"))
    if user is None or user.id <= 0:
        raise not_found("There is no such member.")
    session = sessions.log_in(view.forum, user)
    cookies = view.request.cookies
    destination = "/session/sso_provider" if cookies.get(RESUME_COOKIE) else form.text("back") or "/"
    response = _go(destination)
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="lax", path="/")
    if cookies.get(DESTINATION_COOKIE):
        response.delete_cookie(DESTINATION_COOKIE, path="/")
    return response


def log_out(view: View, _form: Form) -> Response:
    """End the session."""
    if view.session is not None:
        sessions.end(view.forum, view.session)
    response = _go("/")
    response.delete_cookie(COOKIE, path="/")
    return response


def sign_up(view: View, form: Form) -> Response:
    """Make an account; no mail is sent here, so its address counts as confirmed."""
    fields: dict[str, str | None] = {str(number): form.text(f"field_{number}") or None for number in view.forum.fields}
    user = accounts.sign_up(view.forum, form.text("username"), email=form.text("email"), name=form.text("name") or None, fields=fields)
    accounts.confirm(view.forum, user)
    return log_in(view, Form({"username": user.username, "back": "/"}))


def new_topic(view: View, form: Form) -> Response:
    """Open a topic."""
    category = view.forum.categories.get(form.number("category"))
    tags = [tag for tag in form.text("tags").replace(",", " ").split() if tag]
    draft = posting.Draft(raw=form.text("raw"), title=form.text("title"), category=category, tags=tags)
    return _to(view, posting.create_topic(view.forum, _me(view), draft))


def new_message(view: View, form: Form) -> Response:
    """Send a private message."""
    to = [name for name in form.text("to").replace(",", " ").split() if name]
    draft = posting.Draft(raw=form.text("raw"), title=form.text("title"))
    return _to(view, posting.create_message(view.forum, _me(view), draft, to=to))


def _topic(view: View, form: Form) -> Topic:
    topic = view.forum.topics.get(form.number("topic_id"))
    if topic is None or not view.guardian.can_see_topic(topic):
        raise not_found()
    return topic


def reply(view: View, form: Form) -> Response:
    """Answer."""
    draft = posting.Draft(raw=form.text("raw"), reply_to=form.number("reply_to") or None)
    return _to(view, posting.reply(view.forum, _me(view), _topic(view, form), draft))


def edit(view: View, form: Form) -> Response:
    """Change a text."""
    post = _post(view, form)
    posting.edit_post(view.forum, post, form.text("raw"), by=_me(view))
    return _to(view, post)


def like(view: View, form: Form) -> Response:
    """Like a post."""
    post = _post(view, form)
    reactions.like(view.forum, post, by=_me(view))
    return _to(view, post)


def unlike(view: View, form: Form) -> Response:
    """Take a like back."""
    post = _post(view, form)
    reactions.unlike(view.forum, post, by=_me(view))
    return _to(view, post)


def accept(view: View, form: Form) -> Response:
    """Accept an answer."""
    post = _post(view, form)
    reactions.accept(view.forum, post, by=_me(view))
    return _to(view, post)


def unaccept(view: View, form: Form) -> Response:
    """Take that back."""
    post = _post(view, form)
    reactions.unaccept(view.forum, post, by=_me(view))
    return _to(view, post)


def delete(view: View, form: Form) -> Response:
    """Delete a post."""
    post = _post(view, form)
    posting.delete_post(view.forum, post, by=_me(view))
    return _to(view, post) if post.post_number > 1 else _go("/")


def preferences(view: View, form: Form) -> Response:
    """Change one's profile."""
    me = _me(view)
    values: Json = {name: form.text(name) for name in ("name", "bio_raw", "location", "website", "timezone")}
    values["user_fields"] = {str(item.id): form.text(f"field_{item.id}") for item in view.forum.fields.values() if item.editable}
    accounts.update_profile(view.forum, me, values)
    return _go(f"/u/{me.username}")


def _group(view: View, form: Form) -> Group:
    group = view.forum.groups.get(form.number("group_id"))
    if group is None or group.automatic or not view.guardian.can_see_group(group):
        raise not_found()
    return group


def join(view: View, form: Form) -> Response:
    """Come to a group that lets everybody in."""
    group = _group(view, form)
    if not group.public_admission:
        raise invalid_access()
    membership.join(view.forum, group, _me(view))
    return _go(f"/g/{group.name}")


def leave(view: View, form: Form) -> Response:
    """Leave a group that lets everybody out."""
    group = _group(view, form)
    if not group.public_exit:
        raise invalid_access()
    membership.leave(view.forum, group, _me(view))
    return _go(f"/g/{group.name}")
