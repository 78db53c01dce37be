"""The member behind the token."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from plugin.domain.members import Consent as DomainConsent
from plugin.domain.members import Member as DomainMember
from plugin.domain.needs import Need as DomainNeed
from plugin.domain.needs import NeedState as DomainNeedState
from plugin.domain.people import RIGHTS, Scope
from plugin.services.developers import tokens
from plugin.services.knowledge import reading
from plugin.services.privacy import auditing
from plugin.services.safety import keeping_apart
from schema.batches import batch
from schema.context import HasContext, Info
from schema.ids import GlobalId, parse_number
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.invitations import Invited
from schema.types.member import Member
from schema.types.member import member as member_type
from schema.types.node import Node
from schema.types.participation import Participation
from schema.types.people import AccessToken, Office, access_token
from schema.types.program import Program
from schema.types.program import program as program_type
from schema.types.referrals import Referring
from schema.types.rewards import Rewarded
from schema.types.suggestion import Suggestion
from schema.types.suggestion import suggestion as suggestion_type

NeedState = strawberry.enum(DomainNeedState, name="NeedState", description="The life of a need.")


async def _suggestions_of(info: HasContext, needs: "Sequence[Need]") -> list[list[Suggestion]]:
    principal = info.context.require(Scope.ME)
    found = await info.context.loaders.suggestions.load_many([one.number for one in needs])
    return [[suggestion_type(one, person, installation_id=principal.installation_id) for one, person in rows if person is not None] for rows in found]


@strawberry.type(description="What a member would like help with.")
class Need(Node):
    """A need of the viewer; nobody else sees it."""

    text: str = strawberry.field(description="The member's own words, or the title of the topic they asked.")
    topic_url: str | None = strawberry.field(description="The topic that it came from.")
    state: NeedState  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    stated_at: datetime
    number: strawberry.Private[int]

    @strawberry.field(description="Members who could help, best first.", metadata=batch(_suggestions_of))
    async def suggestions(self, info: Info) -> list[Suggestion]:
        """The suggestions for this need."""
        return (await _suggestions_of(info, [self]))[0]


def need(found: DomainNeed, *, title: str | None, url: str | None, installation_id: int) -> Need:
    """A need as GraphQL shows it."""
    return Need(
        id=strawberry.ID(str(GlobalId("Need", installation_id, str(found.id)))),
        text=found.text or title or "",
        topic_url=url or None,
        state=found.state,
        stated_at=found.stated_at,
        number=found.id,
    )


@strawberry.type(description="What the member decided about messages and about being suggested.")
class Consents:
    """Decisions in force."""

    messages: bool = strawberry.field(description="Whether suggestions come as messages in the host. Off unless the member agreed.")
    expert: bool = strawberry.field(description="Whether the member may be suggested to others. On unless the member left.")
    invitations: bool = strawberry.field(description="Whether the member may be asked to take part in programs. On unless they said no.")
    thanks: bool = strawberry.field(description="Whether the member may be thanked in public by name. Off unless they agreed.")


async def load_consents(info: Info) -> Consents:
    """What the viewer decided."""
    decided = await reading.consents(info.context.runtime, info.context.require(Scope.ME))
    messages, expert = decided.get(DomainConsent.MESSAGES), decided.get(DomainConsent.EXPERT)
    invitations, thanks = decided.get(DomainConsent.INVITATIONS), decided.get(DomainConsent.THANKS)
    return Consents(
        messages=messages is not None and messages.given,
        expert=expert is None or expert.given,
        invitations=invitations is None or invitations.given,
        thanks=thanks is not None and thanks.given,
    )


@strawberry.type(description="That somebody read something that the member gave in confidence.")
class DataReading:
    """One entry of the log of who saw what."""

    at: datetime
    by: str | None = strawberry.field(description="The user name of who read it; null for a service and for somebody who is gone.")
    what: str = strawberry.field(description="What was read, in a word.")


@strawberry.type(description="The member behind the token, and what is for their eyes only.")
class Viewer(Participation, Invited, Referring, Rewarded):
    """Who asks."""

    person: strawberry.Private[DomainMember]

    @strawberry.field
    def member(self, info: Info) -> Member:
        """The member."""
        return member_type(self.person, installation_id=info.context.require(Scope.ME).installation_id)

    @strawberry.field(description="Members who could help the viewer: for the newest need first, best first.")
    async def suggestions(self, info: Info, first: int | None = None, after: str | None = None, program: strawberry.ID | None = None) -> Connection[Suggestion]:
        """A page of the viewer's suggestions."""
        principal = info.context.require(Scope.ME)
        size, place = page_size(first), decode_cursor(after, "suggestion", 2)
        within = None if program is None else parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await reading.suggestion_page(
            info.context.runtime, principal, after=None if place is None else (place[0], place[1]), limit=size + 1, program_id=within
        )
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: None if row[1] is None else suggestion_type(row[0], row[1], installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("suggestion", row[0].need_id, row[0].rank),
        )

    @strawberry.field(description="What the viewer would like help with, newest first.")
    async def needs(self, info: Info) -> list[Need]:
        """The viewer's needs."""
        principal = info.context.require(Scope.ME)
        found = await reading.needs(info.context.runtime, principal)
        return [
            need(one, title=topic.title if topic else None, url=topic.url if topic else None, installation_id=principal.installation_id) for one, topic in found
        ]

    @strawberry.field
    async def consents(self, info: Info) -> Consents:
        """What the viewer decided."""
        return await load_consents(info)

    @strawberry.field(description="The offices that the viewer holds, as far as this token carries them.")
    async def offices(self, info: Info) -> list[Office]:  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
        """What the viewer is in charge of."""
        principal = info.context.require(Scope.ME)
        return [office for office, scopes in RIGHTS.items() if scopes & principal.scopes]

    @strawberry.field(description="Programs that were granted to the viewer to manage.")
    async def managed_programs(self, info: Info) -> list[Program]:
        """What the viewer manages."""
        principal = info.context.require(Scope.ME)
        return [program_type(one, installation_id=principal.installation_id) for one in await reading.managed(info.context.runtime, principal)]

    @strawberry.field(description="The viewer's own tokens and sessions that are good still, newest first.")
    async def tokens(self, info: Info) -> list[AccessToken]:
        """What acts for the viewer."""
        principal = info.context.require(Scope.ME)
        return [access_token(one, installation_id=principal.installation_id) for one in await tokens.of_member(info.context.runtime, principal)]

    @strawberry.field(description="Members whom the viewer keeps away, by name; nobody else sees it.")
    async def blocked(self, info: Info) -> list[Member]:
        """Whom `blockMember` named and `unblockMember` has not."""
        principal = info.context.require(Scope.ME)
        return [member_type(one, installation_id=principal.installation_id) for one in await keeping_apart.mine(info.context.runtime, principal)]

    @strawberry.field(description="Who read what the member gave in confidence, newest first; at most 100.")
    async def who_saw_my_data(self, info: Info) -> list[DataReading]:
        """The log of who saw what."""
        found = await auditing.who_saw(info.context.runtime, info.context.require(Scope.ME))
        return [DataReading(at=one.at, by=one.by or None, what=one.what) for one in found]
