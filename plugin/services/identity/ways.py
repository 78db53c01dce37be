"""By which ways members of a community can sign in, whatever host it is on."""

from dataclasses import dataclass

from mentorgraph.host import Capability, Installation
from plugin.domain.people import MESSAGE
from plugin.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """What a page of ours can offer. ``provider`` is the title of the community's identity provider; empty if it has none."""

    community: str
    host: str
    language: str
    redirect: bool = False
    provider: str = ""
    mail: bool = False
    message: bool = False
    message_is_read: bool = False
    """Whether somebody beside the member can read what is sent as a direct message."""

    @property
    def code(self) -> bool:
        """Whether a code can be sent at all."""
        return self.mail or self.message

    @property
    def only(self) -> str:
        """The one way that needs no page to choose from; empty if there are several, or one that needs words."""
        return ("redirect" if self.redirect else "provider") if bool(self.redirect) + bool(self.provider) == 1 and not self.code else ""


async def ways_of(runtime: Runtime, installation_id: int) -> Ways:
    """What a community offers. Raises :class:`NotFound`."""
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    community = await runtime.database.read(installation_id, lambda unit: unit.community)
    can = host.capabilities
    read = Capability.OWN_ACCOUNT not in can
    return Ways(
        community=community.name,
        host=host.title,
        language=community.locale or "en",
        redirect=Capability.SIGN_IN in can,
        provider=title_of(runtime, installation),
        mail=Capability.SIGN_IN_BY_MAIL in can and runtime.mailer is not None,
        message=Capability.SIGN_IN_BY_MESSAGE in can and (not read or community.policy.codes_by_message == "yes"),
        message_is_read=read,
    )


def title_of(runtime: Runtime, installation: Installation) -> str:
    """The title of a community's identity provider; empty if it has none."""
    return "" if runtime.identity is None else runtime.identity.title(installation)


def audience_of(ways: Ways, by: str) -> str:
    """What kind of session a code leads to: one that was sent where somebody else may read it does not open what is private."""
    return MESSAGE if by == "message" and ways.message_is_read else "session"
