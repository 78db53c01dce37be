"""Queries."""

import asyncio

import strawberry

from plugin.domain.people import Scope
from plugin.errors import NotFound
from plugin.services.knowledge import reading
from plugin.services.suggestions import approaching, experts
from schema.context import Info
from schema.ids import parse_id
from schema.inputs import plain
from schema.nodes import find_node
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.queries.announcements import AnnouncementQueries
from schema.queries.applications import ApplicationQueries
from schema.queries.deliveries import DeliveryQueries
from schema.queries.evaluation import EvaluationQueries
from schema.queries.forms import FormQueries
from schema.queries.groups import GroupQueries
from schema.queries.invitations import InvitationQueries
from schema.queries.measures import MeasureQueries
from schema.queries.notices import NoticeQueries
from schema.queries.pairing import PairingQueries
from schema.queries.participation import ParticipationQueries
from schema.queries.people import PeopleQueries
from schema.queries.program_events import ProgramEventQueries
from schema.queries.programs import ProgramQueries
from schema.queries.prospects import ProspectQueries
from schema.queries.referrals import ReferralQueries
from schema.queries.reports import ReportQueries
from schema.queries.rewards import RewardQueries
from schema.queries.rounds import RoundQueries
from schema.queries.safeguarding import SafeguardingQueries
from schema.queries.sessions import SessionQueries
from schema.queries.webhooks import WebhookQueries
from schema.types.community import Community
from schema.types.community import community as community_type
from schema.types.member import Member
from schema.types.member import member as member_type
from schema.types.node import Node
from schema.types.suggestion import Suggestion, proposal
from schema.types.viewer import Viewer


@strawberry.type
class Query(
    MeasureQueries,
    ProgramQueries,
    ParticipationQueries,
    SafeguardingQueries,
    SessionQueries,
    PairingQueries,
    ReportQueries,
    ProgramEventQueries,
    FormQueries,
    EvaluationQueries,
    RoundQueries,
    GroupQueries,
    NoticeQueries,
    DeliveryQueries,
    PeopleQueries,
    AnnouncementQueries,
    ProspectQueries,
    InvitationQueries,
    ReferralQueries,
    RewardQueries,
    WebhookQueries,
    ApplicationQueries,
):
    """What can be read."""

    @strawberry.field(description="The member behind the token; null for a service token.")
    async def viewer(self, info: Info) -> Viewer | None:
        """Who asks."""
        principal = info.context.principal
        if principal is None or principal.member_id is None or not principal.may(Scope.ME):
            return None
        person = await info.context.loaders.members.load(principal.member_id)
        return None if person is None else Viewer(person=person)

    @strawberry.field(description="The community behind the token.")
    async def community(self, info: Info) -> Community:
        """The community."""
        principal = info.context.require(Scope.READ)
        found, count = await reading.community(info.context.runtime, principal)
        return community_type(found, member_count=count)

    @strawberry.field(description="Anything by its id; null if there is no such thing or the reader may not know of it.")
    async def node(self, info: Info, id: strawberry.ID) -> Node | None:  # noqa: A002 - the Relay specification names it
        """One node."""
        principal = info.context.require(Scope.READ)
        try:
            return await find_node(info, principal, parse_id(id, installation_id=principal.installation_id))
        except NotFound:
            return None

    @strawberry.field(description="Members of the community; `query` is a part of a name.")
    async def members(self, info: Info, first: int | None = None, after: str | None = None, query: str | None = None) -> Connection[Member]:
        """A page of the directory."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "member", 1)
        part = None if query is None else plain(query, "query")[:100]
        rows = await reading.member_page(info.context.runtime, principal, after=None if place is None else place[0], limit=size + 1, query=part)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: member_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("member", row.id),
        )

    @strawberry.field(description="A member by the id that the host knows them by; null if there is no such member or they take no part.")
    async def member(self, info: Info, host_user_id: str) -> Member | None:
        """One member."""
        principal = info.context.require(Scope.READ)
        found = await approaching.member_of_host(info.context.runtime, principal, plain(host_user_id, "hostUserId")[:200])
        return None if found is None else member_type(found, installation_id=principal.installation_id)

    @strawberry.field(description="Who in the community could help with this, and why. Nothing is stored; ids are good for an hour.")
    async def experts_for(self, info: Info, need: str, first: int | None = 10) -> list[Suggestion]:
        """Members who could help with a need in words."""
        principal = info.context.require(Scope.READ)
        size = 10 if first is None else first
        found = await experts.experts_for(info.context.runtime, info.context.graphs, principal, need_text=plain(need, "need"), first=size)
        made = await asyncio.gather(*(proposal(one, info, installation_id=principal.installation_id) for one in found))
        return [one for one in made if one is not None]
