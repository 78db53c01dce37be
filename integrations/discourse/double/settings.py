"""Site settings of the forum and switches of the imitation."""

import dataclasses
from dataclasses import dataclass, field
from types import UnionType
from typing import Union, get_args, get_origin, get_type_hints


@dataclass(slots=True)
class Settings:
    """Defaults are Discourse's own; everything can be changed while it runs."""

    title: str = "Test forum"
    description: str = "A forum to try things on."
    base_url: str = "http://forum.test"
    locale: str = "en"
    version: str = "2026.10.0-latest"
    git_sha: str = "5f2c1e7a90"
    login_required: bool = False
    read_only: bool = False
    must_approve_users: bool = False
    detailed_404: bool = False
    web_component: bool = False
    """Whether pages hold the web component where a theme component would be that nobody compiled, which takes Node; for demonstrations."""

    # limits of requests; 0 switches one off
    admin_api_per_minute: int = 60
    user_api_per_minute: int = 20
    user_api_per_day: int = 2880
    ip_per_minute: int = 200
    ip_per_10_seconds: int = 50
    limit_private_ips: bool = False  # max_reqs_rate_limit_on_private: loopback is exempt unless a test asks for it
    search_per_minute: int = 30

    # rules of content
    min_topic_title_length: int = 15
    min_personal_message_title_length: int = 2
    max_topic_title_length: int = 255
    min_post_length: int = 20
    min_personal_message_post_length: int = 10
    max_post_length: int = 32_000
    unique_posts_mins: int = 5
    unique_posts_for_staff: bool = False
    allow_duplicate_topic_titles: bool = False
    max_tags_per_topic: int = 5
    max_allowed_message_recipients: int = 30
    min_username_length: int = 3
    max_username_length: int = 20
    add_members_limit: int = 1000
    strict_add_members: bool = True  # refuse when one is a member already; newer cores only when all are
    strict_unknown_members: bool = True  # refuse when one name is unknown; else only when all are

    # limits of members who are not staff; 0 switches one off
    max_topics_per_day: int = 20
    max_personal_messages_per_day: int = 20
    max_likes_per_day: int = 50
    rate_limit_create_topic: int = 15
    rate_limit_create_post: int = 5

    # plugins
    solved_enabled: bool = True
    calendar_enabled: bool = True
    discourse_post_event_enabled: bool = True

    # webhooks
    retry_web_hook_events: bool = False
    allowed_internal_hosts: list[str] = field(default_factory=lambda: ["127.0.0.1", "localhost", "::1"])
    webhook_timeout: float = 20.0
    webhook_tags_as_objects: bool = False
    anonymize_sends_user_updated: bool = False
    max_stored_hook_events: int = 5000

    # DiscourseConnect provider
    enable_discourse_connect_provider: bool = True
    discourse_connect_provider_secrets: list[str] = field(default_factory=list)  # lines "domain|secret"
    sso_xhr_json: bool = True  # false: the older form, which redirects an XHR too

    def change(self, values: dict[str, object]) -> None:
        """Set several by name. Raises :class:`ValueError` for an unknown name or a value of another type; then nothing is changed."""
        hints = get_type_hints(Settings)
        for name, value in values.items():
            if name not in hints:
                raise ValueError(f"unknown setting {name!r}; known are {', '.join(sorted(hints))}")
            if not _fits(value, hints[name]):
                raise ValueError(f"setting {name} wants {hints[name]}, not {value!r}")
        for name, value in values.items():
            setattr(self, name, value)

    def as_dict(self) -> dict[str, object]:
        """All of them by name."""
        return dataclasses.asdict(self)


def _fits(value: object, hint: object) -> bool:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_fits(value, part) for part in get_args(hint))
    if origin is list:
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(hint, type) and isinstance(value, hint)
