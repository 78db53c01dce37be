"""Signing in by a code: who gets it, what whoever asks learns (nothing), and how long it is good for."""

import asyncio
import re
from dataclasses import replace

import pytest

from mentorgraph import events as e
from mentorgraph.host import Account, Capability, DirectMessage, HostBusy, RateLimit, SignInRefused
from plugin.domain.community import Policy
from plugin.domain.people import MESSAGE
from plugin.errors import Forbidden, Invalid, TooMany
from plugin.mail import MailFailed
from plugin.services.hosts import choosing, handlers
from plugin.services.hosts.choosing import policy_values
from plugin.services.identity import access, codes, signing_in
from plugin.services.identity.codes import ALPHABET, MAX_FOR_ONE, TRIES, Asked
from plugin.services.identity.ways import ways_of
from plugin.services.privacy import personal
from tests.plugin.services.messages.support import FakeMailer
from tests.plugin.services.stories import person
from tests.plugin.support import World

MAYA, NOOR = "3", "4"
ADDRESS = "maya@example.org"


@pytest.fixture
def mailer(world: World) -> FakeMailer:
    """A community of two, one of whom has an address, on a service that sends mail."""
    made = FakeMailer()
    world.runtime.mailer = made
    world.picture.members = {one: person(one, username=name) for one, name in ((MAYA, "maya"), (NOOR, "noor"))}
    world.picture.addresses = {MAYA: ADDRESS}
    return made


async def ask(world: World, who: str, *, by: str = "mail", path: str = "/me", known: str = "") -> Asked:
    """Ask, and wait until what follows is done."""
    asked = await codes.ask(world.runtime, world.installation_id, who=who, by=by, next_path=path, known=known)
    await world.runtime.settle_later()
    return asked


async def enter(world: World, code: str, asked: Asked) -> signing_in.SignedIn:
    """Type a code in the browser that asked."""
    return await codes.enter(world.runtime, world.installation_id, code=code, browser_secret=asked.browser_secret)


def mailed(mailer: FakeMailer) -> str:
    """The code in the last mail."""
    found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", mailer.letters[-1].paragraphs[0])
    assert found is not None
    return found.group()


async def refused(world: World, code: str, asked: Asked) -> str:
    """Why a code does not sign in."""
    with pytest.raises(SignInRefused) as failure:
        await enter(world, code, asked)
    return failure.value.reason


async def may_send_codes_by_message(world: World, *, word: str = "yes") -> None:
    """The admin accepts that somebody can read them."""
    await world.database.write(world.installation_id, lambda unit: unit.update_installation(policy=policy_values(Policy(codes_by_message=word))))
    world.host.capabilities -= {Capability.OWN_ACCOUNT}


async def test_a_mailed_code_signs_in_once(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, f"  {ADDRESS} ")
    (letter,) = mailer.letters
    code = mailed(mailer)
    assert letter.to == ADDRESS
    assert code not in letter.subject
    assert "http" not in " ".join(letter.paragraphs), "nothing to follow: mail scanners would"
    done = await enter(world, f" {code.lower()} ", asked)
    assert done.next_path == "/me"
    principal = await access.principal_of(world.runtime, done.token)
    assert (principal.member_id, principal.audience, principal.private) == (done.member_id, "session", True)
    assert await refused(world, code, asked) == "no_code"


async def test_a_user_name_will_do_and_the_mail_goes_to_the_hosts_address(world: World, mailer: FakeMailer) -> None:
    await ask(world, "maya")
    assert [one.to for one in mailer.letters] == [ADDRESS]


async def test_a_code_is_good_in_the_browser_that_asked(world: World, mailer: FakeMailer) -> None:
    await ask(world, ADDRESS)
    code = mailed(mailer)
    other = await ask(world, "nobody@example.org")
    assert await refused(world, code, other) == "wrong_code"
    assert await refused(world, code, Asked(browser_secret="", ways=other.ways)) == "no_code"


async def test_a_code_is_good_for_ten_minutes(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, ADDRESS)
    world.runtime.clock.move(minutes=10, seconds=1)  # type: ignore[attr-defined]  # the clock of the tests
    assert await refused(world, mailed(mailer), asked) == "no_code"


async def test_after_five_tries_the_right_code_is_none(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, ADDRESS)
    for _ in range(TRIES):
        assert await refused(world, "AAAA-AAAA", asked) == "wrong_code"
    assert await refused(world, mailed(mailer), asked) == "no_code"


@pytest.mark.parametrize("who", ["nobody@example.org", "nobody", "noor", "x" * 254, "<script>"])
async def test_whoever_is_named_the_answer_is_the_same(world: World, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch, who: str) -> None:
    hold = asyncio.Event()
    find = world.client.find_account

    async def slow(named: str) -> Account | None:
        await hold.wait()
        return await find(named)

    monkeypatch.setattr(world.client, "find_account", slow)
    # Both come back while the host has not even been heard: their time tells nothing.
    known = await codes.ask(world.runtime, world.installation_id, who=ADDRESS, by="mail", next_path="/")
    unknown = await codes.ask(world.runtime, world.installation_id, who=who, by="mail", next_path="/")
    assert (known.ways, len(known.browser_secret)) == (unknown.ways, len(unknown.browser_secret))
    assert mailer.letters == []
    hold.set()
    await world.runtime.settle_later()
    assert [one.to for one in mailer.letters] == [ADDRESS]
    # Typing is told apart by nothing either.
    assert await refused(world, "AAAA-AAAA", known) == await refused(world, "AAAA-AAAA", unknown) == "wrong_code"


@pytest.mark.parametrize("who", ["", "   ", "x" * 255, "a\x00b"])
async def test_what_is_no_name_is_said(world: World, mailer: FakeMailer, who: str) -> None:
    with pytest.raises(Invalid, match="e-mail address or your user name"):
        await ask(world, who)


async def test_nobody_is_flooded_by_whatever_name(world: World, mailer: FakeMailer) -> None:
    for _ in range(MAX_FOR_ONE):
        await ask(world, ADDRESS)
        await ask(world, "maya")
    assert len(mailer.letters) == MAX_FOR_ONE
    world.runtime.clock.move(minutes=11)  # type: ignore[attr-defined]  # the clock of the tests
    await ask(world, ADDRESS)
    assert len(mailer.letters) == MAX_FOR_ONE + 1


async def test_too_many_requests_are_refused_for_everybody(world: World, mailer: FakeMailer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MAX_UNDER_WAY", 2)
    await ask(world, "a@example.org")
    await ask(world, "b@example.org")
    for who in (ADDRESS, "nobody@example.org"):
        with pytest.raises(TooMany):
            await ask(world, who)


@pytest.mark.slow
async def test_a_monthly_quota_is_not_spent_on_strangers(world: World, mailer: FakeMailer) -> None:
    world.host.rate_limit = RateLimit(per_minute=60, per_month=2_500)
    for number in range(25):
        await ask(world, f"stranger{number}@example.org")
    with pytest.raises(TooMany, match="tomorrow"):
        await ask(world, ADDRESS)
    world.runtime.clock.move(days=1)  # type: ignore[attr-defined]  # the clock of the tests
    await ask(world, ADDRESS)
    assert len(mailer.letters) == 1


@pytest.fixture
def four_a_day(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The host may be asked about four people a day, and about two more in browsers in which somebody signed in."""
    world.host.rate_limit = RateLimit(per_minute=60, per_month=100)
    monkeypatch.setattr(codes, "LEAST_A_DAY", 4)


async def used_up(world: World) -> None:
    """A stranger asks under made-up names until nothing is left of the day."""
    for number in range(20):
        try:
            await ask(world, f"stranger{number}@example.org")
        except TooMany:
            return
    raise AssertionError("a stranger may ask for ever")


@pytest.mark.usefixtures("four_a_day")
async def test_made_up_names_do_not_keep_out_who_signed_in_here_before(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, ADDRESS)
    await enter(world, mailed(mailer), asked)
    known = await codes.remembered(world.runtime, world.installation_id)
    await used_up(world)
    with pytest.raises(TooMany):
        await ask(world, ADDRESS)
    await ask(world, ADDRESS, known=known)
    assert len(mailer.letters) == 2
    await ask(world, "nobody@example.org", known=known)
    with pytest.raises(TooMany, match="tomorrow"):
        await ask(world, "maya", known=known)


@pytest.mark.usefixtures("four_a_day")
async def test_a_browser_is_known_by_our_seal_alone_and_for_a_time(world: World, mailer: FakeMailer) -> None:
    known = await codes.remembered(world.runtime, world.installation_id)
    await used_up(world)
    until, _, seal = known.partition(".")
    for forged in (seal, f"{until}.", f".{seal}", f"{int(until) + 1}.{seal}", f"{until}.{seal[:-1]}", f"{'9' * 400}.{seal}", f"{until}.\udcff", "²." + seal):
        with pytest.raises(TooMany):
            await ask(world, ADDRESS, known=forged)
    world.runtime.clock.move(days=90)  # type: ignore[attr-defined]  # the clock of the tests
    await used_up(world)
    with pytest.raises(TooMany):
        await ask(world, ADDRESS, known=known)
    assert mailer.letters == []


@pytest.mark.usefixtures("four_a_day")
async def test_asking_again_under_one_name_uses_up_nothing(world: World, mailer: FakeMailer) -> None:
    for _ in range(20):
        await ask(world, "nobody@example.org")
    await ask(world, ADDRESS)
    assert len(mailer.letters) == 1


async def test_where_calls_are_not_counted_no_browser_is_remembered(world: World) -> None:
    world.host.rate_limit = RateLimit(per_minute=60)
    assert await codes.remembered(world.runtime, world.installation_id) == ""


@pytest.mark.parametrize("failure", ["host", "mail"])
async def test_what_goes_wrong_later_is_not_shown(world: World, mailer: FakeMailer, failure: str) -> None:
    if failure == "host":
        world.client.failures = [HostBusy("later")]
    else:
        mailer.refuse[ADDRESS] = MailFailed("no", permanent=True)
    asked = await ask(world, ADDRESS)
    assert mailer.letters == []
    assert await refused(world, "AAAA-AAAA", asked) == "wrong_code"


async def test_who_may_not_take_part_is_not_let_in(world: World, mailer: FakeMailer) -> None:
    world.picture.members[MAYA] = replace(world.picture.members[MAYA], active=False)
    await ask(world, ADDRESS)
    assert mailer.letters == []


async def test_a_message_that_only_the_member_reads_signs_in_wholly(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, "noor", by="message")
    (message,) = world.client.sent.values()
    assert isinstance(message, DirectMessage)
    assert message.to == ("noor",)
    code = str(message.body[0].parts[0]).rpartition(" ")[2]  # type: ignore[union-attr]  # a paragraph
    principal = await access.principal_of(world.runtime, (await enter(world, code, asked)).token)
    assert principal.private


async def test_a_message_that_somebody_else_can_read_needs_the_admins_word_and_opens_little(world: World, mailer: FakeMailer) -> None:
    await may_send_codes_by_message(world, word="no")
    with pytest.raises(Invalid, match="does not send codes in this way"):
        await ask(world, "noor", by="message")
    await may_send_codes_by_message(world)
    asked = await ask(world, "noor", by="message")
    (message,) = world.client.sent.values()
    assert isinstance(message, DirectMessage)
    code = str(message.body[0].parts[0]).rpartition(" ")[2]  # type: ignore[union-attr]  # a paragraph
    principal = await access.principal_of(world.runtime, (await enter(world, code, asked)).token)
    assert (principal.audience, principal.private) == (MESSAGE, False)
    with pytest.raises(Forbidden):
        await access.require_admin(world.runtime, principal)
    with pytest.raises(Forbidden):
        await personal.export_own(world.runtime, principal)
    with pytest.raises(Forbidden):
        await personal.erase_own(world.runtime, principal, username="noor")


async def test_without_mail_there_is_no_code_by_mail(world: World) -> None:
    assert not (await ways_of(world.runtime, world.installation_id)).mail
    for by in ("mail", "pigeon", ""):
        with pytest.raises(Invalid, match="does not send codes in this way"):
            await ask(world, ADDRESS, by=by)


async def test_an_erased_member_comes_back_by_the_code_only(world: World, mailer: FakeMailer) -> None:
    asked = await ask(world, ADDRESS)
    done = await enter(world, mailed(mailer), asked)
    left = e.MemberLeft(seen_at=world.runtime.clock(), source=e.Source.HOST, host_user_id=MAYA)
    await world.database.write(world.installation_id, lambda unit: handlers.apply([left], unit))
    again = await ask(world, ADDRESS)
    assert (await enter(world, mailed(mailer), again)).member_id != done.member_id


async def test_codes_are_typed_forgivingly() -> None:
    assert codes.typed(" abcd-2345\n") == codes.typed("ABCD2345") == "ABCD2345"
    assert set("0O1IL") & set(ALPHABET) == set()
    assert len(ALPHABET) ** codes.LENGTH > 10**11


async def test_the_admins_word_is_yes_or_no() -> None:
    assert choosing.parse_policy({"codes_by_message": "yes"}, Policy()).codes_by_message == "yes"
    with pytest.raises(Invalid, match="yes or no"):
        choosing.parse_policy({"codes_by_message": "maybe"}, Policy())
