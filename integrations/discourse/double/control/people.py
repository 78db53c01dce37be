"""Acts on accounts, groups and badges."""

from integrations.discourse.double.actions import accounts, badges, membership, removal, sessions
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.control.registry import Args, BadAct, act
from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import STAFF, TRUST_LEVEL_0
from integrations.discourse.double.model import User, UserField

YEAR = 365 * 86_400.0


def _user(user: User) -> Json:
    return {"id": user.id, "username": user.username}


@act
def sign_up(args: Args) -> Json:
    """``username``; ``email``, ``name``, ``fields``, ``staged``, ``created_at``; ``confirm`` (default true) also confirms the address."""
    username, fields = args.text("username"), args.values.get("fields")
    staged = args.flag("staged")
    user = accounts.sign_up(
        args.forum,
        username,
        email=args.text("email", f"{username}@example.org"),
        name=args.maybe("name"),
        staged=staged,
        created_at=args.when("created_at"),
        fields={str(key): str(value) for key, value in fields.items()} if isinstance(fields, dict) else None,
    )
    if args.flag("confirm", default=not staged):
        accounts.confirm(args.forum, user)
    return _user(user)


@act
def confirm(args: Args) -> Json:
    """``username``."""
    accounts.confirm(args.forum, args.user())
    return _user(args.user())


@act
def deactivate(args: Args) -> Json:
    """``username``."""
    accounts.deactivate(args.forum, args.user())
    return _user(args.user())


@act
def approve(args: Args) -> Json:
    """``username``."""
    accounts.approve(args.forum, args.user())
    return _user(args.user())


@act
def unstage(args: Args) -> Json:
    """``username``; ``new_username``."""
    user = args.user()
    accounts.unstage(args.forum, user, username=args.maybe("new_username"))
    return _user(user)


@act
def update_profile(args: Args) -> Json:
    """``username``; ``name``, ``bio_raw``, ``location``, ``website``, ``timezone``, ``locale``, ``title``, ``user_fields``, ``hide_profile``."""
    accounts.update_profile(args.forum, args.user(), {key: value for key, value in args.values.items() if key not in ("act", "username")})
    return _user(args.user())


@act
def set_user(args: Args) -> Json:
    """``username``, ``values``: attributes set as they are, without any event."""
    user, values = args.user(), args.values.get("values")
    if not isinstance(values, dict) or set(values) - set(User.__dataclass_fields__) or {"id", "username", "email"} & set(values):
        raise BadAct(f"'values' is an object with some of {', '.join(User.__dataclass_fields__)}, but for id, username and email")
    for key, value in values.items():
        setattr(user, key, value)
    args.forum.touch()
    return _user(user)


@act
def rename(args: Args) -> Json:
    """``username``, ``new_username``."""
    user = args.user()
    accounts.rename(args.forum, user, args.text("new_username"))
    return _user(user)


@act
def change_email(args: Args) -> Json:
    """``username``, ``email``."""
    accounts.change_email(args.forum, args.user(), args.text("email"))
    return _user(args.user())


@act
def suspend(args: Args) -> Json:
    """``username``; ``until``, ``reason``."""
    until = args.when("until") or args.forum.now() + YEAR
    accounts.suspend(args.forum, args.user(), until=until, reason=args.text("reason", "Broke the rules"), by=args.user("by", "system"))
    return _user(args.user())


@act
def unsuspend(args: Args) -> Json:
    """``username``."""
    accounts.unsuspend(args.forum, args.user())
    return _user(args.user())


@act
def silence(args: Args) -> Json:
    """``username``; ``until``, ``reason``."""
    until = args.when("until") or args.forum.now() + YEAR
    accounts.silence(args.forum, args.user(), until=until, reason=args.text("reason", "Too loud"), by=args.user("by", "system"))
    return _user(args.user())


@act
def unsilence(args: Args) -> Json:
    """``username``."""
    accounts.unsilence(args.forum, args.user())
    return _user(args.user())


@act
def destroy(args: Args) -> Json:
    """``username``; ``delete_posts`` (default true)."""
    user = args.user()
    removal.destroy(args.forum, user, by=args.user("by", "system"), delete_posts=args.flag("delete_posts", default=True))
    return _user(user)


@act
def anonymise(args: Args) -> Json:
    """``username``."""
    user = args.user()
    removal.anonymize(args.forum, user)
    return _user(user)


@act
def merge(args: Args) -> Json:
    """``source``, ``target``."""
    source, target = args.user("source"), args.user("target")
    removal.merge(args.forum, source, target)
    return _user(target)


@act
def trust_level(args: Args) -> Json:
    """``username``, ``level``."""
    accounts.set_trust_level(args.forum, args.user(), args.number("level"))
    return _user(args.user())


@act
def log_in(args: Args) -> Json:
    """``username``; gives the cookie ``_t`` and the CSRF token."""
    session = sessions.log_in(args.forum, args.user())
    return {"cookie": {"_t": session.token}, "csrf": session.csrf}


@act
def log_out(args: Args) -> Json:
    """``username``."""
    accounts.log_out(args.forum, args.user())
    return _user(args.user())


@act
def seen(args: Args) -> Json:
    """``username``."""
    accounts.seen(args.forum, args.user())
    return _user(args.user())


@act
def api_key(args: Args) -> Json:
    """Make a key: ``username`` binds it, ``scopes`` narrow it, ``client_id`` makes it a user API key, ``key`` sets its text."""
    user = args.user() if args.values.get("username") is not None else None
    key = make_key(args.forum, user=user, scopes=args.names("scopes"), key=args.text("key", ""), client_id=args.maybe("client_id"))
    return {"id": key.id, "key": key.key}


@act
def revoke_key(args: Args) -> Json:
    """``key``."""
    key = args.forum.by_key.get(args.text("key"))
    if key is None:
        raise BadAct("no such key")
    key.revoked_at = args.forum.now()
    return {"id": key.id}


@act
def user_field(args: Args) -> Json:
    """``name``; ``description``, ``editable``."""
    number = args.forum.next_id("fields")
    args.forum.fields[number] = UserField(number, args.text("name"), args.text("description", ""), editable=args.flag("editable", default=True))
    return {"id": number}


@act
def create_group(args: Args) -> Json:
    """``name``; ``members``, ``owners``, and a group's settings."""
    find = args.forum.user_named
    members = [user for name in args.names("members") if (user := find(name))]
    owners = [user for name in args.names("owners") if (user := find(name))]
    group = membership.create_group(args.forum, args.text("name"), args.values, members=members, owners=owners)
    return {"id": group.id, "name": group.name}


@act
def update_group(args: Args) -> Json:
    """``group``, and what is to change."""
    membership.update_group(args.forum, args.group(), args.values)
    return {"id": args.number("group") if isinstance(args.values.get("group"), int) else 0}


@act
def destroy_group(args: Args) -> Json:
    """``group``."""
    membership.destroy_group(args.forum, args.group())
    return {}


@act
def join_group(args: Args) -> Json:
    """``username``, ``group``; ``owner``."""
    return {"changed": membership.join(args.forum, args.group(), args.user(), owner=args.flag("owner"))}


@act
def leave_group(args: Args) -> Json:
    """``username``, ``group``."""
    return {"changed": membership.leave(args.forum, args.group(), args.user())}


@act
def create_badge(args: Args) -> Json:
    """``name``; ``type`` 1 to 3."""
    kind = args.number("type") if "type" in args.values else 3
    return {"id": badges.create_badge(args.forum, args.text("name"), badge_type_id=kind).id}


@act
def grant_badge(args: Args) -> Json:
    """``username``, ``badge_id``."""
    badge = args.forum.badges.get(args.number("badge_id"))
    if badge is None:
        raise BadAct("no such badge")
    return {"id": badges.grant_badge(args.forum, badge, args.user(), by=args.user("by", "system")).id}


@act
def revoke_badge(args: Args) -> Json:
    """``grant_id``."""
    grant = args.forum.grants.get(args.number("grant_id"))
    if grant is None:
        raise BadAct("no such grant")
    badges.revoke_badge(args.forum, grant)
    return {}


def _permissions(args: Args) -> list[tuple[int, int]]:
    access = args.values.get("access", "everyone")
    known: dict[str, list[tuple[int, int]]] = {"everyone": [], "members": [(TRUST_LEVEL_0, 1)], "staff": [(STAFF, 1)]}
    if isinstance(access, str):
        if access not in known:
            raise BadAct("'access' is everyone, members, staff or a list of groups")
        return known[access]
    groups = [args.forum.group_named(name) for name in args.names("access")]
    return [(group.id, 1) for group in groups if group]


@act
def create_category(args: Args) -> Json:
    """``name``; ``slug``, ``description``, ``access`` (everyone, members, staff or a list of groups), ``parent``."""
    category = badges.create_category(
        args.forum,
        args.text("name"),
        slug=args.text("slug", ""),
        description=args.maybe("description"),
        permissions=_permissions(args),
        parent=args.category("parent"),
    )
    return {"id": category.id, "slug": category.slug}


@act
def category_access(args: Args) -> Json:
    """``category``, ``access``."""
    category = args.category()
    if category is None:
        raise BadAct("the act needs 'category'")
    badges.update_category(args.forum, category, permissions=[list(entry) for entry in _permissions(args)])
    return {"id": category.id}


@act
def destroy_category(args: Args) -> Json:
    """``category``."""
    category = args.category()
    if category is None:
        raise BadAct("the act needs 'category'")
    badges.destroy_category(args.forum, category)
    return {}
