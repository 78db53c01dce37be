"""Users as members and keys see them."""

from integrations.discourse.double.actions import accounts, sessions
from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.errors import Json, Refused, invalid_access, not_found
from integrations.discourse.double.model import User
from integrations.discourse.double.serial import profiles
from integrations.discourse.double.serial.badges import grants_view
from integrations.discourse.double.serial.users import avatar_template, basic_user

routes = Routes()
PER_PAGE = 50


def _card(call: Call, user: User) -> Json:
    if not call.guardian.can_see_profile(user):
        return {"user_badges": [], "user": profiles.hidden_profile(user)}
    grants = [call.forum.grants[number] for number in call.forum.user_grants.get(user.id, ())]
    body: Json = {"user_badges": []}
    if grants:
        body |= grants_view(call.forum, grants)
    return body | {"user": profiles.profile(call.forum, user, call.guardian)}


@routes("GET", "/u/{username}", "/users/{username}", scopes="users:show")
def show(call: Call) -> Json:
    """A profile; names are found in any case. Accounts that nobody can use are for staff only."""
    user = call.named_user()
    if (not user.active or (user.staged and not call.guardian.staff)) and not call.guardian.staff:
        raise not_found()
    return _card(call, user)


@routes("GET", "/u/by-external/{external_id}", "/users/by-external/{external_id}", scopes="users:show")
def by_external(call: Call) -> Json:
    """By the id in the SSO record, which is not the forum's id."""
    wanted = call.path["external_id"]
    user = next((user for user in call.forum.users.values() if user.sso_external_id == wanted), None)
    if user is None:
        raise not_found()
    return _card(call, user)


@routes("GET", "/u/by-external/{provider}/{external_id}", scopes="users:show")
def by_provider(call: Call) -> Json:
    """By the id at another log-in provider; for admins."""
    call.admin()
    user = next((user for user in call.forum.users.values() if user.external_ids.get(call.path["provider"]) == call.path["external_id"]), None)
    if user is None:
        raise not_found()
    return _card(call, user)


@routes("GET", "/u/{username}/emails", scopes="users:check_emails")
def emails(call: Call) -> Json:
    """Addresses; for staff and themselves."""
    user = call.named_user()
    if not (call.guardian.admin or call.guardian.is_self(user)):
        raise invalid_access()
    return {
        "email": user.email,
        "secondary_emails": list(user.secondary_emails),
        "unconfirmed_emails": list(user.unconfirmed_emails),
        "associated_accounts": [{"name": name, "description": value} for name, value in user.external_ids.items()],
    }


@routes("PUT", "/u/{username}", scopes="users:update")
def update(call: Call) -> Json:
    """Change a profile. ``custom_fields`` are ignored, as on any site without a plugin that registers them."""
    user = call.named_user()
    me = call.member()
    if not (call.guardian.staff or me.id == user.id):
        raise invalid_access()
    values = dict(call.values)
    if "external_ids" in values and not call.guardian.admin:
        values.pop("external_ids")
    if "title" in values and not call.guardian.staff:
        values.pop("title")
    if not call.guardian.staff and isinstance(values.get("user_fields"), dict):
        fields = values["user_fields"]
        if isinstance(fields, dict):
            values["user_fields"] = {k: v for k, v in fields.items() if str(k).isdigit() and int(k) in call.forum.fields and call.forum.fields[int(k)].editable}
    accounts.update_profile(call.forum, user, values)
    return {"success": "OK", "user": profiles.profile(call.forum, user, call.guardian)}


@routes("PUT", "/u/{username}/preferences/username", scopes="users:update")
def rename(call: Call) -> Json:
    """Change a name."""
    user = call.named_user()
    me = call.member()
    if not (call.guardian.staff or me.id == user.id):
        raise invalid_access()
    accounts.rename(call.forum, user, call.need("new_username"))
    return {"id": user.id, "username": user.username}


@routes("PUT", "/u/{username}/preferences/email", scopes="users:update")
def change_email(call: Call) -> Json:
    """Ask for another address; an admin's word is enough, a member has to confirm it."""
    user = call.named_user()
    me = call.member()
    if not (call.guardian.admin or me.id == user.id):
        raise invalid_access()
    email = call.need("email")
    if call.guardian.admin:
        accounts.change_email(call.forum, user, email)
    else:
        user.unconfirmed_emails = [email]
    return {"success": "OK"}


@routes("POST", "/users")
def create(call: Call) -> Json:
    """Make an account. What is wrong with it is said with status 200."""
    if call.key is None or not call.guardian.admin:
        raise invalid_access()
    username, email = call.need("username"), call.need("email")
    if not call.text("password"):
        return _refusal(call, {"password": ["can't be blank"]}, "Password can't be blank")
    if len(call.text("password")) < 10:
        return _refusal(call, {"password": ["is too short (minimum is 10 characters)"]}, "Password is too short (minimum is 10 characters)")
    active = call.flag("active")
    fields = call.values.get("user_fields")
    staged = call.forum.user_by_email(email)
    if staged is not None and staged.staged:
        accounts.unstage(call.forum, staged, username=username)
        if active:
            accounts.confirm(call.forum, staged)
        return _created(staged)
    try:
        user = accounts.sign_up(
            call.forum,
            username,
            email=email,
            name=call.maybe("name"),
            active=active,
            approved=True if call.flag("approved") else None,
            fields={str(k): str(v) for k, v in fields.items()} if isinstance(fields, dict) else None,
        )
    except Refused as refusal:
        errors: dict[str, list[str]] = {}
        lines = refusal.body["errors"]
        for line in lines if isinstance(lines, list) else []:
            field = "email" if str(line).startswith("Primary email") else "username"
            errors.setdefault(field, []).append(str(line).removeprefix("Username ").removeprefix("Primary email "))
        return _refusal(call, errors, "\n".join(map(str, lines)) if isinstance(lines, list) else "")
    external = call.values.get("external_ids")
    if isinstance(external, dict):
        user.external_ids = {str(k): str(v) for k, v in external.items()}
    return _created(user)


def _created(user: User) -> Json:
    message = "Your account is activated and ready to use." if user.active else "Your account is almost set up. Check your mail for instructions."
    return {"success": True, "active": user.active, "message": message, "user_id": user.id}


def _refusal(call: Call, errors: dict[str, list[str]], message: str) -> Json:
    values = {"name": call.maybe("name"), "username": call.text("username"), "email": call.text("email")}
    return {"success": False, "message": message, "errors": errors, "values": values, "is_developer": False}


@routes("GET", "/u/check_username")
def check_username(call: Call) -> Json:
    """Whether a name is free."""
    username = call.need("username")
    errors = accounts.username_errors(call.forum, username)
    return {"available": True} if not errors else {"errors": [line.removeprefix("Username ") for line in errors]}


@routes("GET", "/directory_items")
def directory(call: Call) -> Json:
    """The list of members with their numbers."""
    forum, order = call.forum, call.text("order", "likes_received")
    if order not in ("likes_received", "likes_given", "topics_entered", "topic_count", "post_count", "posts_read", "days_visited"):
        order = "likes_received"
    rows = [_directory_row(call, user) for user in forum.users.values() if user.id > 0 and user.active and not user.staged]
    rows.sort(key=lambda row: (row[order], row["id"]), reverse=not call.flag("asc"))
    page = call.number("page", least=0)
    shown = rows[page * PER_PAGE : (page + 1) * PER_PAGE]
    more = f"/directory_items?order={order}&page={page + 1}&period={call.text('period', 'all')}"
    return {"directory_items": shown, "meta": {"last_updated_at": None, "total_rows_directory_items": len(rows), "load_more_directory_items": more}}


def _directory_row(call: Call, user: User) -> Json:
    forum = call.forum
    return {
        "id": user.id,
        "likes_received": forum.likes_received(user.id),
        "likes_given": len(forum.user_likes.get(user.id, ())),
        "topics_entered": 0,
        "topic_count": forum.topic_count(user.id),
        "post_count": forum.post_count(user.id),
        "posts_read": 0,
        "days_visited": user.days_visited,
        "user": {"id": user.id, "username": user.username, "name": user.name, "avatar_template": avatar_template(user.username), "title": user.title},
    }


@routes("GET", "/session/current", scopes="session_info")
def current(call: Call) -> Json:
    """Who is signed in; 404 for nobody."""
    if call.user is None:
        raise not_found()
    return {"current_user": profiles.current_user(call.forum, call.user)}


@routes("GET", "/session/csrf", open_site=True)
def csrf(call: Call) -> Json:
    """The token that a browser's writes must carry."""
    return {"csrf": call.session.csrf if call.session else "anonymous"}


@routes("DELETE", "/session/{username}", open_site=True)
def log_out(call: Call) -> Json:
    """End the session."""
    if call.session is not None:
        sessions.end(call.forum, call.session)
    return {"success": "OK", "redirect_url": "/"}


@routes("POST", "/session/forgot_password", open_site=True)
def forgot_password(call: Call) -> Json:
    """Say whether such an account exists, to keys; no mail is sent here."""
    login = call.need("login")
    found = call.forum.user_named(login) or call.forum.user_by_email(login)
    return {"success": "OK", "user_found": found is not None}


@routes("GET", "/u/search/users")
def search(call: Call) -> Json:
    """Completion of names."""
    term = call.text("term").lower()
    found = [user for user in call.forum.users.values() if user.id > 0 and user.active and term in user.username.lower()][:10]
    return {"users": [basic_user(user) for user in found], "groups": []}


@routes("GET", "/session/hp", open_site=True)
def honeypot(_call: Call) -> Json:
    """Two values that a sign-up form has to send back; keys are excused."""
    return {"value": "f5b1c0", "challenge": "0c1b5f"}
