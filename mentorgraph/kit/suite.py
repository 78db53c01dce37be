"""What every host must pass: one community and one service for all tests, which follow one another."""

import asyncio
import json
import random
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any, ClassVar, TypeVar
from unittest import SkipTest

from mentorgraph.events import Event
from mentorgraph.host import (
    AccountFinder,
    AddToGroup,
    Capability,
    CreateGroup,
    Delivery,
    DeliveryRefused,
    DirectMessage,
    ExternalFinder,
    GrantBadge,
    HostBusy,
    HostError,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Sweep,
    TokenChecker,
    TopicMessage,
    Words,
)
from mentorgraph.kit.service import Service, running
from mentorgraph.kit.stage import Stage
from plugin.services.erasure import erase_member

T = TypeVar("T")
PRICING = (
    "Subscription pricing for a first product: annual plans with a discount work best for small customers",
    "Raise the price of a subscription in steps, tell customers early and keep annual plans stable",
    "Pricing tiers confuse small customers; begin with one subscription plan and one annual plan",
    "A discount on annual plans keeps customers of a subscription, and pricing becomes predictable",
)
QUESTION = "How should I choose the pricing of a first subscription product and its annual plans for small customers?"
SUGGESTIONS = "{ viewer { suggestions(first: 5) { edges { node { score member { hostUserId } reasons { text contribution } } } } } }"
SECRET = "xylophonic marmalade"
HOSTILE = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": NaN}', b"{}" * 1000, b'{"type": 7, "data": [], "events": {}}', b"[" * 5_000]


class HostSuite:
    """Subclass it as ``TestSomething`` and set ``stage``."""

    stage: ClassVar[type[Stage]]
    _loop: ClassVar[asyncio.AbstractEventLoop]
    _stack: ClassVar[AsyncExitStack]
    service: ClassVar[Service]
    people: ClassVar[dict[str, str]]

    @classmethod
    def setup_class(cls) -> None:
        """Start the community with a few people in it, and the service connected to it."""
        cls._loop, cls._stack, cls.people = asyncio.new_event_loop(), AsyncExitStack(), {}
        cls._loop.run_until_complete(cls._begin())

    @classmethod
    async def _begin(cls) -> None:
        stage = await cls._stack.enter_async_context(cls.stage())
        try:
            for name in ("expert", "second", "asker", "leaver"):
                cls.people[name] = await stage.join(name)
            for number, text in enumerate(PRICING):
                topic, _ = await stage.ask(cls.people["asker"], f"Pricing question number {number + 1}", f"{text}?")
                await stage.answer(cls.people["expert"], topic, PRICING[(number + 1) % 4])
                await stage.answer(cls.people["second"], topic, f"I agree with what was said about question {number}")
            cls.service = await cls._stack.enter_async_context(running(stage))
        except BaseException:
            await cls._stack.aclose()
            raise

    @classmethod
    def teardown_class(cls) -> None:
        """Stop all of it."""
        cls._loop.run_until_complete(cls._stack.aclose())
        cls._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run to the end."""
        return self._loop.run_until_complete(work)

    @property
    def on_stage(self) -> Stage:
        """The community."""
        return self.service.stage

    # ------------------------------------------------------------------------------------------------------------ what it says of itself

    def test_it_says_what_it_is(self) -> None:
        host = self.on_stage.host
        assert host.name == host.name.lower()
        assert host.name.isidentifier()
        assert host.title
        assert host.rate_limit.per_minute > 0
        assert host.max_body > 1_000
        assert host.capabilities <= frozenset(Capability)

    def test_an_address_is_put_in_one_form_and_what_is_none_is_said(self) -> None:
        host = self.on_stage.host
        once = host.normalise_url(self.on_stage.url)
        assert host.normalise_url(once) == once
        assert not once.endswith("/")
        for junk in ("", "   ", "http://", "https://[", "javascript:alert(1)", "https://user:password@example.org", "file:///etc/passwd"):
            try:
                host.normalise_url(junk)
            except HostInvalid as invalid:
                assert len(invalid.message.splitlines()) == 1
            else:
                raise AssertionError(f"{junk!r} was taken for an address")

    def test_what_it_says_it_can_do_its_client_has(self) -> None:
        host = self.on_stage.host
        client: object = self.run(self.service.parts.runtime.client(self.service.id))
        if host.capabilities & {Capability.SIGN_IN_BY_MAIL, Capability.SIGN_IN_BY_MESSAGE}:
            assert isinstance(client, AccountFinder)
        if Capability.SIGN_IN_BY_TOKEN in host.capabilities:
            assert isinstance(client, TokenChecker)
        if Capability.EXTERNAL_IDS in host.capabilities:
            assert isinstance(client, ExternalFinder)
        said = self.run(self.run(self.service.parts.runtime.client(self.service.id)).describe())
        assert said.title
        assert said.capabilities <= host.capabilities, "a key cannot do more than the host"

    # ------------------------------------------------------------------------------------------------------------ deliveries

    async def _recorded(self) -> tuple[list[Delivery], list[str]]:
        """Deliveries about two posts, none of which got through, and the ids of the posts. Raises :class:`SkipTest` on a host without any."""
        if Capability.DELIVERIES not in self.on_stage.host.capabilities:
            raise SkipTest("this host delivers nothing")
        door = self.service.door
        door.hold, before = True, len(door.kept)
        try:
            topic, first = await self.on_stage.ask(self.people["asker"], "Who knows how to price a workshop?", QUESTION)
            posts = [first, await self.on_stage.answer(self.people["expert"], topic, PRICING[0])]
            await self.on_stage.deliver()
            await self._until_quiet(before)
        finally:
            door.hold = False
        found = door.kept[before:]
        assert found, "the host delivered nothing"
        return found, posts

    async def _until_quiet(self, before: int) -> None:
        for _ in range(400):
            count = len(self.service.door.kept)
            await asyncio.sleep(0.1 if count == before else 0.5)
            if count > before and len(self.service.door.kept) == count:
                return

    def test_a_delivery_is_believed_with_the_right_secret_only(self) -> None:
        async def work() -> None:
            host, (deliveries, _) = self.on_stage.host, await self._recorded()
            installation = await self.service.parts.runtime.installation(self.service.id)
            for delivery in deliveries:
                host.verify(delivery, installation)
                for secrets in ((), ("",), ("another secret that is long enough",)):
                    assert _refused(lambda d=delivery, s=secrets: host.verify(d, replace(installation, hook_secrets=s))) in range(400, 500)
            bare = Delivery(method=deliveries[0].method, rest="", headers={}, body=deliveries[0].body)
            assert await self.service.bring(bare) in range(400, 500)
            waiting = await self.service.read(lambda unit: unit.inbox.counts())
            assert waiting.get("pending", 0) == 0, "nothing forged is kept"

        self.run(work())

    def test_whatever_is_sent_is_refused_in_words(self) -> None:
        async def work() -> None:
            host, ((first, *_), _) = self.on_stage.host, await self._recorded()
            for body in (*HOSTILE, first.body[:-1], first.body + b"x", json.dumps({"a": "x" * 10_000}).encode()):
                for method in ("POST", "PUT", "DELETE"):
                    delivery = replace(first, body=body, method=method)
                    try:
                        admitted = host.admit(delivery)
                    except DeliveryRefused as refused:
                        assert 400 <= refused.status < 500
                        continue
                    if admitted is not None:
                        assert all(isinstance(one, Event) for one in host.to_events(admitted, received_at=self._now(), base_url=self.on_stage.url))

        self.run(work())

    def _now(self) -> Any:
        return self.service.parts.runtime.clock()

    def test_repeats_and_any_order_end_in_what_is_there(self) -> None:
        async def work() -> None:
            await self.service.reconcile()
            deliveries, posts = await self._recorded()
            many = deliveries * 2
            random.Random(7).shuffle(many)  # noqa: S311 - an order, no secret
            for delivery in many:
                assert await self.service.bring(delivery) < 300, "a repeat is acknowledged as the first"

            async def heard_of() -> bool:
                return all([await self.service.has_post(one) for one in posts])

            await self.service.until(heard_of, seconds=90)
            heard = await self.service.picture()
            await self.service.reconcile()
            assert await self.service.picture() == heard, "what was heard is what is there"

        self.run(work())

    def test_what_is_private_is_never_kept(self) -> None:
        async def work() -> None:
            await self.service.reconcile()
            before, known = len(self.service.door.kept), await self.service.picture()
            await self.on_stage.whisper(self.people["asker"], f"Only for you: {SECRET}")
            await self.on_stage.deliver()
            await asyncio.sleep(1)
            for delivery in self.service.door.kept[before:]:
                admitted = self.on_stage.host.admit(delivery)
                assert admitted is None or SECRET.encode() not in admitted.body
            await self.service.reconcile()
            assert await self.service.picture() == known
            assert SECRET.encode() not in self.service.database.read_bytes()

        self.run(work())

    # ------------------------------------------------------------------------------------------------------------ reading

    def test_a_reading_finds_what_no_delivery_told(self) -> None:
        async def work() -> None:
            self.service.door.hold = True
            try:
                topic, first = await self.on_stage.ask(self.people["asker"], "Said while nobody heard it", f"{QUESTION} Nobody heard this.")
                post = await self.on_stage.answer(self.people["expert"], topic, f"{PRICING[1]}, which nobody heard either")
                newcomer = await self.on_stage.join("newcomer")
                await self.on_stage.deliver()
                await self.service.reconcile()
                assert await self.service.has_post(first)
                assert await self.service.has_post(post)
                assert await self.service.member_id(newcomer) is not None
                await self.on_stage.delete(self.people["expert"], post)
                await self.on_stage.deliver()
                await self.service.reconcile()
                await self.service.reconcile()
                assert not await self.service.has_post(post), "what is gone is gone here too"
                assert await self.service.has_post(first)
            finally:
                self.service.door.hold = False

        self.run(work())

    def test_reading_twice_changes_nothing(self) -> None:
        async def work() -> None:
            await self.service.reconcile()
            before = await self.service.picture()
            await self.service.reconcile()
            assert await self.service.picture() == before

        self.run(work())

    def test_every_listing_ends_and_is_of_events(self) -> None:
        async def work() -> None:
            client = await self.service.parts.runtime.client(self.service.id)
            for sweep in Sweep:
                cursor, seen = None, set()
                for _ in range(200):
                    batch = await client.pull(sweep, cursor, since=self._now())
                    assert all(isinstance(one, Event) for one in batch.events)
                    assert batch.cursor is None or batch.cursor not in seen, f"{sweep} goes round in circles"
                    cursor = batch.cursor
                    seen.add(cursor)
                    if cursor is None:
                        break
                assert cursor is None, f"{sweep} does not end"

        self.run(work())

    def test_it_waits_when_it_is_asked_to(self) -> None:
        async def work() -> None:
            await self.on_stage.be_busy(2)
            client = await self.service.parts.runtime.client(self.service.id)
            try:
                await client.pull(Sweep.SPACES, None)
                await client.pull(Sweep.SPACES, None)
            except HostBusy as busy:
                assert busy.retry_after is None or busy.retry_after > 0
            await self.service.reconcile()

        self.run(work())

    # ------------------------------------------------------------------------------------------------------------ saying

    def test_what_it_cannot_do_is_said_and_what_it_can_is_done_once(self) -> None:
        async def work() -> None:
            client = await self.service.parts.runtime.client(self.service.id)
            can = self.on_stage.host.capabilities
            name = await self._username(self.people["expert"])
            topic = await self.service.read(lambda unit: unit.topics.all()[0])
            body = (Paragraph(("Hello ", Words("<b>@all</b> [x](https://evil.example)"))), Quote("as said"))
            tries: list[tuple[Capability, HostMessage]] = [
                (Capability.TOPICS, TopicMessage(space_id=topic.space_id or "", title="News of the mentorship program", body=body)),
                (Capability.GROUPS, CreateGroup(slug="mentoring-kit", title="A circle of the kit", member_usernames=(name,))),
                (Capability.BADGES, GrantBadge(username=name, badge_name="Mentor of the year")),
            ]
            for capability, message in tries:
                self.on_stage.host.render(message)
                if capability not in can:
                    assert await _says_no(client.send(message, key=f"kit-{capability.value}")), f"without {capability.value} it must say so"
                    continue
                sent = await client.send(message, key=f"kit-{capability.value}")
                assert sent.remote_id
                found = await client.find_sent(message, key=f"kit-{capability.value}")
                assert found is None or found.remote_id == sent.remote_id
                if capability is Capability.GROUPS:
                    for _ in range(2):
                        await client.send(AddToGroup(group_id=sent.remote_id, usernames=(name,)), key="kit-add")
                    for _ in range(2):
                        await client.send(RemoveFromGroup(group_id=sent.remote_id, usernames=(name,)), key="kit-remove")

        self.run(work())

    async def _username(self, member: str) -> str:
        found = await self.service.read(lambda unit: unit.members.by_host(member))
        assert found is not None
        return found.username

    def test_a_message_reaches_its_member(self) -> None:
        async def work() -> None:
            if Capability.DIRECT_MESSAGES not in self.on_stage.host.capabilities:
                raise SkipTest("this host has no direct messages")
            client = await self.service.parts.runtime.client(self.service.id)
            before = len(await self.on_stage.letters(self.people["asker"]))
            message = DirectMessage(to=(await self._username(self.people["asker"]),), title="A message of the kit", body=(Paragraph(("for you alone",)),))
            await client.send(message, key="kit-letter")
            letters = await self.on_stage.letters(self.people["asker"])
            assert len(letters) == before + 1
            assert any("for you alone" in one for one in letters)
            assert not any("for you alone" in one for one in await self.on_stage.letters(self.people["second"]))

        self.run(work())

    # ------------------------------------------------------------------------------------------------------------ the whole way

    def test_from_a_question_to_people_who_can_help(self) -> None:
        async def work() -> None:
            token = await self.on_stage.sign_in(self.service, self.people["asker"])
            agreed = await self.service.ask("mutation { optInToMessages { consents { messages } userErrors { code } } }", token)
            assert agreed["optInToMessages"]["consents"] == {"messages": True}
            before = len(await self.on_stage.letters(self.people["asker"]))
            await self.on_stage.ask(self.people["asker"], "Which pricing for my first subscription?", QUESTION)
            await self.on_stage.deliver()
            found: list[Any] = []

            async def suggested() -> bool:
                found[:] = (await self.service.ask(SUGGESTIONS, token))["viewer"]["suggestions"]["edges"]
                return bool(found)

            await self.service.until(suggested)
            assert found[0]["node"]["member"]["hostUserId"] == self.people["expert"]
            assert found[0]["node"]["reasons"]
            if Capability.DIRECT_MESSAGES in self.on_stage.host.capabilities:

                async def told() -> bool:
                    return len(await self.on_stage.letters(self.people["asker"])) > before

                await self.service.until(told)

        self.run(work())

    def test_signing_in_is_for_oneself(self) -> None:
        async def work() -> None:
            token = await self.on_stage.sign_in(self.service, self.people["second"])
            viewer = (await self.service.ask("{ viewer { member { hostUserId } } }", token))["viewer"]
            assert viewer["member"]["hostUserId"] == self.people["second"]
            host = self.on_stage.host
            installation = await self.service.parts.runtime.installation(self.service.id)
            for forged in ({}, {"sso": "x", "sig": "y"}, {"code": "x", "state": "y"}, {"token": "x"}):
                try:
                    host.sign_in_finish(installation, forged)
                except HostError:
                    continue
                raise AssertionError(f"{forged} signed somebody in")

        self.run(work())

    # ------------------------------------------------------------------------------------------------------------ leaving

    def test_who_is_erased_stays_erased_and_who_is_gone_is_erased(self) -> None:
        async def work() -> None:
            second = self.people["second"]
            await self.service.parts.runtime.database.write(self.service.id, lambda unit: erase_member(second, unit, why="self"))
            await self.service.reconcile()
            assert await self.service.member_id(second) is None, "a reading brings nobody back who was erased"
            await self._leaves()

        self.run(work())

    async def _leaves(self) -> None:
        leaver = self.people["leaver"]
        _, post = await self.on_stage.ask(leaver, "A last question before I go", f"{QUESTION} I am about to leave.")
        await self.on_stage.deliver()
        await self.service.reconcile()
        assert await self.service.has_post(post)
        await self.on_stage.leave(leaver)
        await self.on_stage.deliver()
        await self.service.reconcile()
        await self.service.reconcile()
        member = await self.service.read(lambda unit: unit.members.by_host(leaver))
        assert member is None or not member.takes_part


def _refused(work: Any) -> int:
    try:
        work()
    except DeliveryRefused as refused:
        return refused.status
    return 200


async def _says_no(work: Coroutine[Any, Any, object]) -> bool:
    try:
        await work
    except (HostInvalid, HostNotFound) as error:
        return bool(error.message)
    return False
