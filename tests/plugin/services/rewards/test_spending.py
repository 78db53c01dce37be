"""Stipends and gifts: two people, a budget, corrections instead of edits."""

import contextlib
import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plugin.domain.ledger import COUNTS, NEXT, Entry, EntryKind, EntryState, committed, left_of
from plugin.domain.programs import Role
from plugin.errors import Conflict, Forbidden, Invalid, NotFound, PluginError
from plugin.services.programs import program_words, programming
from plugin.services.rewards import budgeting, spending
from plugin.store.unit_of_work import UnitOfWork
from tests.plugin.services.taking_part import Crowd, crowd_of
from tests.plugin.support import World


async def office_of(crowd: Crowd, *names: str) -> None:
    """Two managers of the program, and a mentor who may be given something."""
    for name in names:
        await crowd.member(name)
        member_id = crowd.id(name)
        await crowd.world.database.write(
            crowd.world.installation_id,
            lambda unit, one=member_id: unit.managers.add(crowd.program.id, one, at=unit.now),  # type: ignore[misc]  # a default binds
        )


@pytest.fixture
async def crowd(world: World) -> Crowd:
    found = await crowd_of(world)
    await office_of(found, "una", "vic")
    await found.join("ann", Role.MENTOR)
    await budgeting.set_budget(found.world.runtime, found.admin, found.program.id, amount=100_00, currency="eur")
    return found


async def propose(crowd: Crowd, by: str, to: str = "ann", amount: int = 40_00, kind: EntryKind = EntryKind.STIPEND) -> Entry:
    return await spending.propose(crowd.world.runtime, crowd.people[by], crowd.program.id, crowd.id(to), kind=kind, amount=amount, words="For six hours")


async def decide(crowd: Crowd, by: str, entry: Entry, *, approve: bool = True) -> Entry:
    return await spending.decide(crowd.world.runtime, crowd.people[by], entry.id, approve=approve)


async def left(crowd: Crowd) -> int:
    found = await budgeting.account(crowd.world.runtime, crowd.admin, crowd.program.id)
    assert found is not None
    return found.left


@pytest.mark.slow
async def test_one_proposes_another_approves_and_it_is_paid(crowd: Crowd) -> None:
    entry = await propose(crowd, "una")
    assert (entry.state, entry.currency, await left(crowd)) == (EntryState.PROPOSED, "EUR", 100_00)
    assert await spending.mine(crowd.world.runtime, crowd.people["ann"]) == []
    for refused in ("una", "ann"):
        with pytest.raises(Forbidden):
            await decide(crowd, refused, entry)
    with pytest.raises(Forbidden, match="second person"):
        await spending.decide(crowd.world.runtime, crowd.admin, entry.id, approve=True)
    with pytest.raises(Conflict, match="cannot be paid"):
        await spending.pay(crowd.world.runtime, crowd.people["vic"], entry.id, reference="")
    await decide(crowd, "vic", entry)
    assert await left(crowd) == 60_00
    paid = await spending.pay(crowd.world.runtime, crowd.people["una"], entry.id, reference="SEPA 7")
    assert (paid.state, paid.reference) == (EntryState.PAID, "SEPA 7")
    with pytest.raises(Conflict, match="is paid"):
        await decide(crowd, "vic", entry)
    ((mine, words),) = await spending.mine(crowd.world.runtime, crowd.people["ann"])
    assert (mine.amount, words) == (40_00, "For six hours")
    assert sorted(kind for kind in await crowd.told("ann") if kind.startswith("stipend")) == ["stipend.approved", "stipend.paid"]


async def test_nobody_decides_about_what_they_are_given(crowd: Crowd) -> None:
    await crowd.join("vic", Role.MENTOR)
    with pytest.raises(Forbidden, match="somebody else proposes"):
        await propose(crowd, "vic", "vic")
    entry = await propose(crowd, "una", "vic")
    with pytest.raises(Forbidden):
        await decide(crowd, "vic", entry)
    await office_of(crowd, "zoe")
    await decide(crowd, "zoe", entry)
    with pytest.raises(Forbidden, match="you were paid"):
        await spending.pay(crowd.world.runtime, crowd.people["vic"], entry.id, reference="")


async def test_the_budget_holds(crowd: Crowd) -> None:
    first, second = await propose(crowd, "una", amount=60_00), await propose(crowd, "una", amount=60_00)
    await decide(crowd, "vic", first)
    with pytest.raises(Conflict, match=r"40\.00 EUR is left"):
        await decide(crowd, "vic", second)
    with pytest.raises(Conflict, match=r"40\.00 EUR is left"):
        await propose(crowd, "una", amount=40_01)
    with pytest.raises(Conflict, match="approved already"):
        await budgeting.set_budget(crowd.world.runtime, crowd.admin, crowd.program.id, amount=59_99, currency="EUR")
    with pytest.raises(Conflict, match="in EUR"):
        await budgeting.set_budget(crowd.world.runtime, crowd.admin, crowd.program.id, amount=100_00, currency="CHF")
    await budgeting.set_budget(crowd.world.runtime, crowd.admin, crowd.program.id, amount=120_00, currency="EUR")
    await decide(crowd, "vic", second)
    assert await left(crowd) == 0


async def test_a_mistake_is_corrected_by_another_entry(crowd: Crowd) -> None:
    entry = await decide(crowd, "vic", await propose(crowd, "una"))
    correct = spending.correct(crowd.world.runtime, crowd.people["vic"], entry.id, amount=-15_00, words="It were four hours")
    correction = await correct
    assert (correction.kind, correction.corrects, await left(crowd)) == (EntryKind.CORRECTION, entry.id, 60_00)
    await decide(crowd, "una", correction)
    assert await left(crowd) == 75_00
    with pytest.raises(Conflict, match="more than was given"):
        await spending.correct(crowd.world.runtime, crowd.people["vic"], entry.id, amount=-25_01, words="Too much")
    with pytest.raises(Conflict, match="no correction is"):
        await spending.correct(crowd.world.runtime, crowd.people["vic"], correction.id, amount=1, words="Twice")
    with pytest.raises(Invalid, match="by how much"):
        await spending.correct(crowd.world.runtime, crowd.people["vic"], entry.id, amount=0, words="Nothing")
    kept = await crowd.world.database.read(crowd.world.installation_id, lambda unit: unit.ledger.get(entry.id))
    assert kept is not None
    assert kept.amount == 40_00


async def test_the_export_has_every_line_and_runs_in_no_spreadsheet(crowd: Crowd) -> None:
    entry = await spending.propose(
        crowd.world.runtime, crowd.people["una"], crowd.program.id, crowd.id("ann"), kind=EntryKind.GIFT, amount=12_34, words="=HYPERLINK(1)"
    )
    await decide(crowd, "vic", entry)
    name, content = await spending.export(crowd.world.runtime, crowd.people["una"], crowd.program.id, form="csv")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")))
    assert (name, row["member"], row["kind"], row["amount"], row["for"]) == ("ledger.csv", "ann", "gift", "12.34", "'=HYPERLINK(1)")
    assert (row["proposed_by"], row["decided_by"]) == (str(crowd.id("una")), str(crowd.id("vic")))
    with pytest.raises(Invalid, match="csv, parquet"):
        await spending.export(crowd.world.runtime, crowd.people["una"], crowd.program.id, form="xls")
    with pytest.raises(Forbidden):
        await spending.export(crowd.world.runtime, crowd.people["ann"], crowd.program.id, form="csv")


async def test_sums_stay_when_a_member_leaves(crowd: Crowd) -> None:
    await decide(crowd, "vic", await propose(crowd, "una"))
    ann = crowd.id("ann")
    await crowd.world.database.write(crowd.world.installation_id, lambda unit: unit.personal.erase(ann))
    assert await left(crowd) == 60_00
    ((entry, _),) = await spending.page(crowd.world.runtime, crowd.people["una"], crowd.program.id, after=None, limit=5, state=None)
    assert entry.member_id is None


async def test_bad_input_says_what_to_do(crowd: Crowd) -> None:
    runtime, una, program_id = crowd.world.runtime, crowd.people["una"], crowd.program.id
    for amount in (0, -5, 10**12):
        with pytest.raises(Invalid, match="hundredths"):
            await propose(crowd, "una", amount=amount)
    with pytest.raises(Invalid, match="names the entry"):
        await propose(crowd, "una", kind=EntryKind.CORRECTION)
    with pytest.raises(Invalid, match="what it is for"):
        await spending.propose(runtime, una, program_id, crowd.id("ann"), kind=EntryKind.GIFT, amount=1, words=" ")
    with pytest.raises(NotFound):
        await propose(crowd, "vic", "una")
    with pytest.raises(Invalid, match="three letters"):
        await budgeting.set_budget(runtime, crowd.admin, program_id, amount=1, currency="€")
    with pytest.raises(Forbidden):
        await budgeting.set_budget(runtime, una, program_id, amount=1, currency="EUR")
    for who, said in ((una, Forbidden), (crowd.admin, NotFound)):
        with pytest.raises(said):
            await spending.decide(runtime, who, 5, approve=True)
        with pytest.raises(said):
            await spending.pay(runtime, who, 5, reference="")
    other = await programming.create_program(runtime, crowd.admin, plan=await program_words.template(runtime, crowd.admin, "newcomers"))
    with pytest.raises((Conflict, Forbidden), match=r"budget|managers"):
        await spending.propose(runtime, una, other.id, crowd.id("ann"), kind=EntryKind.GIFT, amount=1, words="A book")


COMMANDS = st.lists(
    st.tuples(st.sampled_from(["propose", "correct", "approve", "reject", "pay", "budget"]), st.sampled_from(["una", "vic", "ann"]), st.integers(-60, 60)),
    max_size=25,
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(commands=COMMANDS)
async def test_random_commands_never_break_the_ledger(small_world: World, commands: list[tuple[str, str, int]]) -> None:
    crowd = await crowd_of(small_world)
    count = len(await small_world.database.read(small_world.installation_id, lambda unit: unit.members.all()))
    crowd.people = {f"before{number}": crowd.admin for number in range(count)}
    await office_of(crowd, "una", "vic")
    await crowd.join("ann", Role.MENTOR)
    await budgeting.set_budget(small_world.runtime, crowd.admin, crowd.program.id, amount=100_00, currency="EUR")
    before: dict[int, Entry] = {}
    for what, who, number in commands:
        with contextlib.suppress(PluginError):
            await _command(crowd, what, who, number)
        entries = await _entries(crowd)
        budget = await budgeting.account(small_world.runtime, crowd.admin, crowd.program.id)
        assert budget is not None
        assert budget.committed == committed(entries) <= budget.budget.amount
        for one in entries:
            was = before.get(one.id)
            if was is not None:
                assert (was.amount, was.member_id, was.kind, was.words, was.corrects, was.proposed_by) == (
                    one.amount,
                    one.member_id,
                    one.kind,
                    one.words,
                    one.corrects,
                    one.proposed_by,
                )
                assert was.state is one.state or one.state in NEXT[was.state]
            if one.state in COUNTS:
                assert one.decided_by not in {"", one.proposed_by, str(crowd.id("ann"))}
            if one.kind is not EntryKind.CORRECTION:
                assert left_of(one, entries) >= 0
        assert {one.id for one in entries} >= before.keys()
        before = {one.id: one for one in entries}


async def _entries(crowd: Crowd) -> list[Entry]:
    def read(unit: UnitOfWork) -> list[Entry]:
        return unit.ledger.of_program(crowd.program.id)

    return await crowd.world.database.read(crowd.world.installation_id, read)


async def _command(crowd: Crowd, what: str, who: str, number: int) -> None:
    runtime, me = crowd.world.runtime, crowd.people[who]
    entries = await _entries(crowd)
    entry_id = entries[number % len(entries)].id if entries else 1
    if what == "propose":
        await propose(crowd, who, amount=number * 100)
    elif what == "correct":
        await spending.correct(runtime, me, entry_id, amount=number * 100, words="A slip of the pen")
    elif what in {"approve", "reject"}:
        await spending.decide(runtime, me, entry_id, approve=what == "approve")
    elif what == "pay":
        await spending.pay(runtime, me, entry_id, reference="x")
    else:
        await budgeting.set_budget(runtime, crowd.admin, crowd.program.id, amount=abs(number) * 400, currency="EUR")
