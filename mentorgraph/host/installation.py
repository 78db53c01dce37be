"""A connected community, and what its host can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Capability(StrEnum):
    """What a host can do. Absent ones degrade in words, not in errors."""

    DELIVERIES = "deliveries"
    SIGN_IN = "sign_in"
    """A browser can be sent to the host and comes back with an answer that the host signed (:meth:`Host.sign_in_start`)."""
    SAME_ORIGIN_SIGN_IN = "same_origin_sign_in"
    """Besides, a page of the host can fetch such an answer itself."""
    SIGN_IN_BY_MAIL = "sign_in_by_mail"
    """The client is an :class:`AccountFinder` that tells the e-mail address of a member, to which a code can be sent."""
    SIGN_IN_BY_MESSAGE = "sign_in_by_message"
    """The client is an :class:`AccountFinder`, and a code can be sent as a direct message."""
    SIGN_IN_BY_TOKEN = "sign_in_by_token"  # noqa: S105 - a name
    """The client is a :class:`TokenChecker`: the host vouches for a token that a member's own client got from it."""
    EXTERNAL_IDS = "external_ids"
    """The client is an :class:`ExternalFinder`: the host knows its members by the ids of the provider at which they sign in there."""
    OWN_ACCOUNT = "own_account"
    """Messages leave from an account of our own. Without it, whoever owns the key can read what is sent with it."""
    DIRECT_MESSAGES = "direct_messages"
    TOPICS = "topics"
    GROUPS = "groups"
    BADGES = "badges"
    EVENTS = "events"
    LIKES = "likes"
    SOLUTIONS = "solutions"
    ADMINS = "admins"
    """The host says who administers the community (:attr:`~mentorgraph.events.MemberChanged.admin`); elsewhere admins are invited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """One connected community, with the secrets its host needs. Secrets never appear in its representation.

    ``base_url`` has no trailing slash and may have a path. ``hook_url`` is where the host sends deliveries, ``callback_url`` where a sign-in returns.
    ``hook_secrets`` and ``sign_in_secrets`` are newest first; several are valid during a rotation. ``settings`` are the admin's choices for this host, and
    ``remote`` is what :class:`Connected` noted of it.
    ``provider_secret`` is the secret of our client at the community's identity provider, if it has one.
    """

    id: int
    host: str
    base_url: str
    hook_url: str = ""
    callback_url: str = ""
    api_key: str = field(default="", repr=False)
    api_username: str = "system"
    hook_secrets: tuple[str, ...] = field(default=(), repr=False)
    sign_in_secrets: tuple[str, ...] = field(default=(), repr=False)
    provider_secret: str = field(default="", repr=False)
    settings: Mapping[str, str] = field(default_factory=dict)
    remote: Mapping[str, str] = field(default_factory=dict)
