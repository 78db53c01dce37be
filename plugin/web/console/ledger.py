"""The ledger of a program: its budget, what is proposed, approved, corrected and paid, and all of it as a file."""

from decimal import Decimal, InvalidOperation

from starlette.responses import Response

from plugin.domain.ledger import COUNTS, MAX_AMOUNT, EntryKind, EntryState
from plugin.errors import Invalid
from plugin.services.identity import visiting
from plugin.services.rewards import budgeting, spending
from plugin.texts import running
from plugin.web.console.frame import PAGE, managed, show_program
from plugin.web.visits import Visit, id_of

MOST_DIGITS = 15
MEDIA = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


async def listing(visit: Visit) -> Response:
    """Entries, the oldest first, and a form that proposes one."""
    program = await managed(visit)
    asked, after = visit.request.query_params.get("state", ""), visit.request.query_params.get("after", "")
    state = EntryState(asked) if asked in set(EntryState) else None
    start = id_of(after) if after else None
    found = await spending.page(visit.runtime, visit.principal, program.id, after=start, limit=PAGE + 1, state=state)
    shown = found[:PAGE]
    people = await visit.people({one.member_id for one, _said in shown if one.member_id is not None})
    account = await budgeting.account(visit.runtime, visit.principal, program.id)
    more = shown[-1][0].id if len(found) > PAGE else None
    seen = {"entries": shown, "people": people, "account": account, "state": state.value if state else "", "more": more}
    return show_program(visit, "ledger.html", program, tab="ledger", running=running, formats=tuple(MEDIA), **seen)


async def propose(visit: Visit) -> Response:
    """Propose to give a member something."""
    program_id = visit.id("program")
    if visit.text("kind") not in set(EntryKind):
        raise Invalid("choose what is given", field="kind")
    member = await visiting.member_named(visit.runtime, visit.principal, visit.text("member"), field="member")
    kind, amount = EntryKind(visit.text("kind")), hundredths(visit, "amount")
    made = await spending.propose(visit.runtime, visit.principal, program_id, member.id, kind=kind, amount=amount, words=visit.text("words"))
    return visit.go(f"/console/programs/{program_id}/ledger/{made.id}", "proposed")


async def budget(visit: Visit) -> Response:
    """How much the program may give away, for admins."""
    program = await managed(visit)
    account = await budgeting.account(visit.runtime, visit.principal, program.id)
    typed = {"amount": visit.text("amount"), "currency": visit.text("currency")}
    known = {"amount": f"{account.budget.amount / 100:.2f}", "currency": account.budget.currency} if account else {"amount": "", "currency": ""}
    return show_program(visit, "budget.html", program, tab="ledger", running=running, account=account, values=typed if visit.posted else known)


async def set_budget(visit: Visit) -> Response:
    """Set it."""
    program_id = visit.id("program")
    amount = hundredths(visit, "amount", least=0)
    await budgeting.set_budget(visit.runtime, visit.principal, program_id, amount=amount, currency=visit.text("currency"))
    return visit.go(f"/console/programs/{program_id}/ledger", "saved")


async def export(visit: Visit) -> Response:
    """The whole ledger as a file."""
    form = visit.text("format")
    name, document = await spending.export(visit.runtime, visit.principal, visit.id("program"), form=form)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    return Response(document, media_type=MEDIA[form], headers=headers)


async def view(visit: Visit) -> Response:
    """One entry, and what can be done with it."""
    program = await managed(visit)
    one, said = await spending.find(visit.runtime, visit.principal, program.id, visit.id("entry"))
    actors = {int(each) for each in (one.proposed_by, one.decided_by) if each.isdigit()}
    people = await visit.people(actors | ({one.member_id} if one.member_id is not None else set()))
    correctable = one.state in COUNTS and one.kind is not EntryKind.CORRECTION
    mine = one.proposed_by == visit.principal.actor or one.member_id == visit.me
    seen = {"one": one, "said": said, "people": people, "correctable": correctable, "mine": mine}
    return show_program(visit, "entry.html", program, tab="ledger", running=running, **seen)


async def act(visit: Visit) -> Response:
    """Approve or reject, correct, or write down that it was paid."""
    runtime, principal, program_id = visit.runtime, visit.principal, visit.id("program")
    one, _said = await spending.find(runtime, principal, program_id, visit.id("entry"))
    back = f"/console/programs/{program_id}/ledger"
    match visit.text("do"):
        case "approve" | "reject" as what:
            await spending.decide(runtime, principal, one.id, approve=what == "approve")
            return visit.go(f"{back}/{one.id}", "saved")
        case "pay":
            await spending.pay(runtime, principal, one.id, reference=visit.text("reference"))
            return visit.go(f"{back}/{one.id}", "paid")
        case "correct":
            amount = hundredths(visit, "amount", least=-MAX_AMOUNT)
            if amount == 0:
                raise Invalid("say by how much: less than nothing takes back", field="amount")
            made = await spending.correct(runtime, principal, one.id, amount=amount, words=visit.text("words"))
            return visit.go(f"{back}/{made.id}", "proposed")
        case _:
            raise Invalid("choose what to do")


def hundredths(visit: Visit, name: str, *, least: int = 1) -> int:
    """An amount of money as people type it, such as 25 or 25.50. Raises :class:`Invalid`."""
    word = visit.text(name).replace(",", ".")
    try:
        found = Decimal(word) * 100
    except InvalidOperation:
        found = Decimal("NaN")
    if len(word) > MOST_DIGITS or not found.is_finite() or found != found.to_integral_value() or not least <= found <= MAX_AMOUNT:
        raise Invalid("give an amount such as 25 or 25.50", field=name)
    return int(found)
