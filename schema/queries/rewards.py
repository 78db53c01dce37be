"""What programs give back: the plan for all, awards and the ledger for managers."""

import base64

import strawberry

from plugin.domain.people import Scope
from plugin.services.pairs import thanking
from plugin.services.rewards import budgeting, certifying, rewarding, spending
from schema.context import Info
from schema.ids import parse_number
from schema.inputs import plain
from schema.paging import Connection, Page, connection, decode_cursor, encode_cursor, page_size
from schema.types.rewards import (
    Award,
    Certificate,
    LedgerEntry,
    LedgerState,
    RewardBudget,
    RewardLevel,
    RewardPlan,
    RewardRule,
    Thanks,
    award_type,
    budget_type,
    certificate_type,
    entry_type,
    rule_type,
    thanks_type,
)


@strawberry.type(description="A file.")
class ExportedFile:
    """Its name, and its bytes in base64."""

    name: str
    content: str = strawberry.field(description="The bytes in base64.")


@strawberry.type
class RewardQueries:
    """What is given."""

    @strawberry.field(description="What a program gives back: rules that are in force, and levels.")
    async def reward_plan(self, info: Info, program: strawberry.ID) -> RewardPlan:
        """The plan."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rules, levels = await rewarding.rules(info.context.runtime, principal, number)
        return RewardPlan(
            rules=[rule_type(one, installation_id=principal.installation_id) for one in rules],
            levels=[RewardLevel(name=one.name, points=one.points) for one in levels],
        )

    @strawberry.field(description="Rules of a program by which nothing more is given. For managers.")
    async def ended_reward_rules(self, info: Info, program: strawberry.ID) -> list[RewardRule]:
        """Rules that have ended."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await rewarding.ended(info.context.runtime, principal, number)
        return [rule_type(one, installation_id=principal.installation_id) for one in found]

    @strawberry.field(description="Certificates of a program, the newest first. For managers.")
    async def certificates(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[Certificate]:
        """A page of certificates."""
        principal, runtime = info.context.require(Scope.READ), info.context.runtime
        size, place = page_size(first), decode_cursor(after, "certificate", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await certifying.page(runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: certificate_type(row, installation_id=principal.installation_id, public_url=runtime.settings.public_url),
            cursor=lambda row: encode_cursor("certificate", row.certificate.id),
        )

    @strawberry.field(description="Words of thanks in a program that were said in public, and those of the reader, the newest first. For managers.")
    async def thanks(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[Thanks]:
        """A page of thanks."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "thanks", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await thanking.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(Page(rows, size, after is not None), node=thanks_type, cursor=lambda row: encode_cursor("thanks", row[0].id))

    @strawberry.field(description="What members of a program were given, the oldest first. For managers.")
    async def awards(self, info: Info, program: strawberry.ID, first: int | None = None, after: str | None = None) -> Connection[Award]:
        """A page of awards."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "award", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await rewarding.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: award_type(row, installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("award", row.id),
        )

    @strawberry.field(description="How much a program may give away; null without a budget. For managers.")
    async def reward_budget(self, info: Info, program: strawberry.ID) -> RewardBudget | None:
        """The budget."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        found = await budgeting.account(info.context.runtime, principal, number)
        return None if found is None else budget_type(found)

    @strawberry.field(description="A program's ledger of stipends and gifts, the oldest first. For managers.")
    async def ledger(
        self,
        info: Info,
        program: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        state: LedgerState | None = None,  # type: ignore[valid-type]  # strawberry.enum returns the enum itself
    ) -> Connection[LedgerEntry]:
        """A page of the ledger."""
        principal = info.context.require(Scope.READ)
        size, place = page_size(first), decode_cursor(after, "ledger", 1)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        rows = await spending.page(info.context.runtime, principal, number, after=None if place is None else place[0], limit=size + 1, state=state)
        return connection(
            Page(rows, size, after is not None),
            node=lambda row: entry_type(row[0], row[1], installation_id=principal.installation_id),
            cursor=lambda row: encode_cursor("ledger", row[0].id),
        )

    @strawberry.field(description="The whole ledger of a program as a file, `csv` or `parquet`. For managers.")
    async def ledger_export(self, info: Info, program: strawberry.ID, format: str = "csv") -> ExportedFile:  # noqa: A002 - the field's own name
        """The ledger as a file."""
        principal = info.context.require(Scope.READ)
        number = parse_number(program, type_name="Program", installation_id=principal.installation_id)
        name, content = await spending.export(info.context.runtime, principal, number, form=plain(format, "format"))
        return ExportedFile(name=name, content=base64.b64encode(content).decode())
