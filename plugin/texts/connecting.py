"""What the operator reads while a community is connected: which checks were passed. What to have at hand, each host says itself."""

from plugin.texts.kinds import _

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
    "other_kind": "kind",
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
