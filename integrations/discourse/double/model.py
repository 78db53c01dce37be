"""The forum's records. Times are seconds since 1970; ids are the host's."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class User:
    """An account, whether anybody uses it or not."""

    id: int
    username: str
    name: str | None
    email: str
    created_at: float
    active: bool = True
    approved: bool = True
    staged: bool = False
    admin: bool = False
    moderator: bool = False
    trust_level: int = 1
    title: str | None = None
    bio_raw: str | None = None
    location: str | None = None
    website: str | None = None
    timezone: str | None = None
    locale: str | None = None
    user_fields: dict[str, str | None] = field(default_factory=dict)
    secondary_emails: list[str] = field(default_factory=list)
    unconfirmed_emails: list[str] = field(default_factory=list)
    last_seen_at: float | None = None
    last_posted_at: float | None = None
    suspended_at: float | None = None
    suspended_till: float | None = None
    suspend_reason: str | None = None
    suspended_by: int | None = None
    silenced_at: float | None = None
    silenced_till: float | None = None
    silence_reason: str | None = None
    silenced_by: int | None = None
    external_ids: dict[str, str] = field(default_factory=dict)
    sso_external_id: str | None = None
    hide_profile: bool = False
    allow_private_messages: bool = True
    primary_group_id: int | None = None
    days_visited: int = 1
    time_read: int = 0
    updated_at: float = 0.0


@dataclass(slots=True)
class Category:
    """A category. ``permissions`` are ``[group id, 1 create | 2 reply | 3 read]``; empty means everyone."""

    id: int
    name: str
    slug: str
    color: str = "0088CC"
    description: str | None = None
    parent_category_id: int | None = None
    permissions: list[list[int]] = field(default_factory=list)
    position: int = 0
    topic_id: int | None = None

    @property
    def read_restricted(self) -> bool:
        """Whether not everyone may read it."""
        return bool(self.permissions) and all(group != 0 for group, _ in self.permissions)


@dataclass(slots=True)
class Tag:
    """A tag."""

    id: int
    name: str


@dataclass(slots=True)
class Topic:
    """A topic or a private message. The counts are kept by :func:`forum.Forum.recount`."""

    id: int
    title: str
    category_id: int | None
    user_id: int
    created_at: float
    archetype: str = "regular"
    slug: str = ""
    visible: bool = True
    closed: bool = False
    archived: bool = False
    deleted_at: float | None = None
    deleted_by: int | None = None
    tags: list[str] = field(default_factory=list)
    views: int = 0
    bumped_at: float = 0.0
    external_id: str | None = None
    pinned_at: float | None = None
    pinned_globally: bool = False
    allowed_users: list[int] = field(default_factory=list)
    allowed_groups: list[int] = field(default_factory=list)
    accepted_post_id: int | None = None
    accepted_at: float | None = None
    highest_post_number: int = 0
    posts_count: int = 0
    reply_count: int = 0
    like_count: int = 0
    last_posted_at: float | None = None
    last_post_user_id: int | None = None
    updated_at: float = 0.0

    @property
    def private(self) -> bool:
        """Whether it is a private message."""
        return self.archetype == "private_message"


REGULAR, MODERATOR_ACTION, SMALL_ACTION, WHISPER = 1, 2, 3, 4


@dataclass(slots=True)
class Post:
    """A post. ``likes`` maps who to when; ``user_id`` is ``None`` once the author was destroyed."""

    id: int
    topic_id: int
    user_id: int | None
    post_number: int
    raw: str
    cooked: str
    created_at: float
    updated_at: float
    post_type: int = REGULAR
    version: int = 1
    reply_to: int | None = None
    deleted_at: float | None = None
    deleted_by: int | None = None
    user_deleted: bool = False
    hidden: bool = False
    wiki: bool = False
    locked: bool = False
    edit_reason: str | None = None
    action_code: str | None = None
    reads: int = 0
    likes: dict[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class Group:
    """A group; ids up to 14 are automatic."""

    id: int
    name: str
    full_name: str | None = None
    automatic: bool = False
    bio_raw: str | None = None
    title: str | None = None
    primary_group: bool = False
    visibility_level: int = 0
    members_visibility_level: int = 0
    mentionable_level: int = 0
    messageable_level: int = 0
    public_admission: bool = False
    public_exit: bool = False
    allow_membership_requests: bool = False
    default_notification_level: int = 3
    publish_read_state: bool = False
    created_at: float = 0.0


@dataclass(slots=True)
class Membership:
    """A member's place in a group that is not automatic."""

    id: int
    group_id: int
    user_id: int
    created_at: float
    owner: bool = False
    notification_level: int = 3


@dataclass(slots=True)
class Badge:
    """A badge; type 1 gold, 2 silver, 3 bronze."""

    id: int
    name: str
    badge_type_id: int = 3
    description: str = ""
    icon: str = "certificate"
    system: bool = False
    enabled: bool = True
    multiple_grant: bool = False
    allow_title: bool = False
    listable: bool = True


@dataclass(slots=True)
class Grant:
    """A badge that somebody holds."""

    id: int
    badge_id: int
    user_id: int
    granted_at: float
    granted_by: int = -1
    post_id: int | None = None
    seq: int = 0


@dataclass(slots=True)
class UserField:
    """A question of the profile form."""

    id: int
    name: str
    description: str = ""
    field_type: str = "text"
    editable: bool = True
    required: bool = False
    show_on_profile: bool = True
    show_on_user_card: bool = False
    searchable: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Notification:
    """A notice for one member."""

    id: int
    user_id: int
    notification_type: int
    created_at: float
    topic_id: int | None = None
    post_number: int | None = None
    read: bool = False
    high_priority: bool = False
    data: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Invite:
    """An invitation."""

    id: int
    invite_key: str
    invited_by: int
    created_at: float
    expires_at: float
    email: str | None = None
    description: str | None = None
    custom_message: str | None = None
    max_redemptions_allowed: int = 1
    topic_id: int | None = None
    group_ids: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ApiKey:
    """A key of the admin API, or of the user API when ``client_id`` is set. No scopes: global."""

    id: int
    key: str
    created_at: float
    description: str = ""
    user_id: int | None = None
    scopes: list[str] = field(default_factory=list)
    revoked_at: float | None = None
    last_used_at: float | None = None
    client_id: str | None = None


@dataclass(slots=True)
class Session:
    """Somebody's browser."""

    token: str
    user_id: int
    csrf: str
    created_at: float


@dataclass(slots=True)
class WebHook:
    """A webhook; content type 1 JSON, 2 form."""

    id: int
    payload_url: str
    created_at: float
    content_type: int = 1
    secret: str = ""
    wildcard_web_hook: bool = False
    active: bool = True
    verify_certificate: bool = True
    event_type_ids: list[int] = field(default_factory=list)
    category_ids: list[int] = field(default_factory=list)
    tag_names: list[str] = field(default_factory=list)
    group_ids: list[int] = field(default_factory=list)
    last_delivery_status: int = 1
    updated_at: float = 0.0


@dataclass(slots=True)
class WebHookEvent:
    """One attempt to deliver; ``status`` is 0 before it was sent and -1 when no answer came."""

    id: int
    web_hook_id: int
    headers: dict[str, str]
    payload: str
    created_at: float
    status: int = 0
    response_headers: str = ""
    response_body: str = ""
    duration: int = 0


@dataclass(slots=True)
class Theme:
    """An installed theme component."""

    id: int
    name: str
    component: bool
    created_at: float
    remote: str | None = None
    enabled: bool = True
    about: dict[str, object] = field(default_factory=dict)
    settings: dict[str, object] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    parents: list[int] = field(default_factory=list)
    """Themes that it is part of; a component of none does nothing."""

    @property
    def active(self) -> bool:
        """Whether members see it."""
        return self.enabled and bool(self.parents)
