"""What the operator reads while a community is connected: what each host asks for, and which checks were passed."""

from dataclasses import dataclass

from plugin.texts.kinds import _


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A setting that a host wants to know. ``name`` is that of ``connect --with``."""

    name: str
    label: str
    help: str
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class HostWords:
    """What to have at hand for a host. ``address`` is an example; ``key`` says where the key is made."""

    address: str
    key_label: str
    key: str
    asked: tuple[Asked, ...] = ()


HOSTS = {
    "discourse": HostWords(
        address="https://forum.example.org",
        key_label=_("API key"),
        key=_("In the forum: Admin, API, New API key. Choose a key for all users, with global scope."),
    ),
    "circle": HostWords(
        address="https://community.example.com",
        key_label=_("Admin API v2 token"),
        key=_("In Circle: Settings, Developers, Tokens. It comes with the Business plan and above."),
    ),
    "matrix": HostWords(
        address="https://matrix.example.org",
        key_label=_("Access token"),
        key=_("That of the application service, or of an account of its own that was invited to the rooms."),
        asked=(Asked(name="space", label=_("Space"), help=_("Its address such as #community:example.org, or its id; empty for all rooms the account is in.")),),
    ),
}

CHECKS = (
    ("address", _("The address is right")),
    ("reach", _("The community answers")),
    ("kind", _("It is what you said it is")),
    ("key", _("It accepts the key")),
    ("rights", _("The key may do what is needed")),
    ("hooks", _("It tells us what happens there")),
)
"""In this order; what fails stops those after it."""

FAILED_AT = {
    "url": "address",
    "bad_address": "address",
    "already_connected": "address",
    "no_such_name": "reach",
    "no_connection": "reach",
    "timeout": "reach",
    "circuit_open": "reach",
    "private_address": "reach",
    "unavailable": "reach",
    "server_error": "reach",
    "network_refused": "reach",
    "not_discourse": "kind",
    "not_circle": "kind",
    "not_matrix": "kind",
    "no_such_address": "kind",
    "key_refused": "key",
    "not_admin": "rights",
    "limit": "rights",
    "plan": "rights",
    "unknown_space": "rights",
    "space": "rights",
    "no_events": "hooks",
    "hook_url": "hooks",
}
"""The word for what went wrong -> the check that it is about."""
