"""A connected community: its installation and what its admin chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from plugin.domain.screening import ADULT


class InstallationState(StrEnum):
    """Whether a community is served."""

    CONNECTING = "connecting"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What an admin decided for one community. Defaults keep to what every signed-in member may read and send nothing to who did not ask for it.

    ``opt_in_*`` are the ways by which a member agrees to messages: the host's profile field with an affirmative answer, membership of a group, or a reply to a
    topic. ``offers_field``, ``wants_field`` and ``places_field`` name profile fields that say what a member offers, wants, and for how many mentees there is
    room.
    """

    spaces: tuple[str, ...] = ()
    """Space ids whose posts count although not every member may read them; evidence from there is shown only to those who may."""
    opt_in_field: str = ""
    opt_in_group: str = ""
    opt_in_topic: str = ""
    offers_field: str = ""
    wants_field: str = ""
    places_field: str = ""
    mentor_group: str = ""
    suggestions_per_need: int = 5
    spread: float = 0.5
    messages_per_day: int = 10
    """How many messages a member is sent a day at most; digests and urgent ones come on top."""
    text_version: str = "1"
    pages: tuple[str, ...] = ()
    """Origins of pages besides the community's own that may show the web component and sign members in through the host."""
    codes_by_message: str = "no"
    """Whether members may sign in by a code in a direct message where the owner of the community's key can read such messages."""
    accent: str = ""
    """The colour of pages for members as ``#rrggbb``; empty for the host's own, or ours where it has none."""
    minimum_age: int = ADULT
    """From which age members may take part. Below 18 the rules of :mod:`plugin.domain.screening` hold for who is under age."""


POLICY_KEYS: Mapping[str, str] = {
    "spaces": "ids of spaces with restricted access whose posts count all the same, separated by commas",
    "opt_in_field": "id of the profile field by which members agree to messages",
    "opt_in_group": "id of the group whose members agree to messages",
    "opt_in_topic": "id of the topic whose repliers agree to messages",
    "offers_field": "id of the profile field that says what a member can help with",
    "wants_field": "id of the profile field that says what a member wants help with",
    "places_field": "id of the profile field that says for how many mentees there is room",
    "mentor_group": "id of the group of members who are willing to mentor",
    "suggestions_per_need": "how many members are suggested for a need (1 to 20)",
    "spread": "how much the load is spread over members (0 to 1)",
    "messages_per_day": "how many messages a member gets a day at most (1 to 100)",
    "codes_by_message": "yes or no: whether a code to sign in may go by a direct message that the owner of the community's key can read",
    "text_version": "version of the consent text that members see",
    "pages": "origins of other pages of yours that show the web component, such as https://www.example.org, separated by commas",
    "accent": "colour of pages for members, such as #0b6e63, or nothing for the community's own",
    "minimum_age": "from which age members may take part (13 to 18); below 18 adults are screened and guardians agree first",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """One installation without its secrets."""

    id: int
    host: str
    base_url: str
    name: str
    state: InstallationState
    locale: str
    created_at: datetime
    policy: Policy
    limits: tuple[str, ...] = ()
    remote: Mapping[str, str] = field(default_factory=dict)
    profile_fields: Mapping[str, str] = field(default_factory=dict)
    accent: str = ""
    """The colour by which members know the community, as its host says; empty where it has none of its own."""
