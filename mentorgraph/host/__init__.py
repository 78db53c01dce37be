"""The port for hosts: what a community platform must offer so that Mentorgraph can live in it.

A host is one object that satisfies :class:`Host`. Everything about its wire format stays behind this port; the service never sees a header name, a key of the
host's JSON or a status code of its API. Standard library only, so that a host can be shipped in a wheel of its own (entry point group
``mentorgraph.hosts``).

Not promised by any host: that deliveries arrive, arrive once, or arrive in order. Reading (:meth:`HostClient.pull`) is the guarantee, deliveries are the
fast way.
"""

from mentorgraph.host.deliveries import Acknowledgement, Admitted, Delivery
from mentorgraph.host.errors import DeliveryRefused, HostBroken, HostBusy, HostDenied, HostError, HostInvalid, HostNotFound, HostUnreachable, SignInRefused
from mentorgraph.host.guide import Asked, Guide, Guided
from mentorgraph.host.installation import Capability, Installation
from mentorgraph.host.messages import (
    AddToGroup,
    Block,
    Bullets,
    CalendarEntry,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostMessage,
    Inline,
    Link,
    Mention,
    Paragraph,
    Quote,
    Receipt,
    RemoveFromGroup,
    Rendered,
    Reply,
    TopicMessage,
    Words,
)
from mentorgraph.host.network import Http, RateLimit, Response, Upload, UploadingHttp
from mentorgraph.host.port import AccountFinder, ClientFactory, ConnectPlan, ExternalFinder, Host, HostClient, IdentityProvider, SignInConsumer, TokenChecker
from mentorgraph.host.reading import Batch, Connected, HostInfo, Sweep
from mentorgraph.host.signing import Account, Identity, Match, ProvidedPerson, ProvidedSignIn, ProviderSignIn, SignInStart

__all__ = [
    "Account",
    "AccountFinder",
    "Acknowledgement",
    "AddToGroup",
    "Admitted",
    "Asked",
    "Batch",
    "Block",
    "Bullets",
    "CalendarEntry",
    "Capability",
    "ClientFactory",
    "ConnectPlan",
    "Connected",
    "CreateGroup",
    "Delivery",
    "DeliveryRefused",
    "DirectMessage",
    "EditTopic",
    "ExternalFinder",
    "GrantBadge",
    "Guide",
    "Guided",
    "Host",
    "HostBroken",
    "HostBusy",
    "HostClient",
    "HostDenied",
    "HostError",
    "HostInfo",
    "HostInvalid",
    "HostMessage",
    "HostNotFound",
    "HostUnreachable",
    "Http",
    "Identity",
    "IdentityProvider",
    "Inline",
    "Installation",
    "Link",
    "Match",
    "Mention",
    "Paragraph",
    "ProvidedPerson",
    "ProvidedSignIn",
    "ProviderSignIn",
    "Quote",
    "RateLimit",
    "Receipt",
    "RemoveFromGroup",
    "Rendered",
    "Reply",
    "Response",
    "SignInConsumer",
    "SignInRefused",
    "SignInStart",
    "Sweep",
    "TokenChecker",
    "TopicMessage",
    "Upload",
    "UploadingHttp",
    "Words",
]
