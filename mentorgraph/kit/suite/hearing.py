"""Deliveries of a host: forged, malformed, repeated, shuffled, and about what is private."""

import asyncio
import json
import random
from dataclasses import replace
from typing import Any
from unittest import SkipTest

from mentorgraph.events import Event
from mentorgraph.host import Capability, Delivery, DeliveryRefused
from mentorgraph.kit.suite.playing import PRICING, QUESTION, Played

SECRET = "xylophonic marmalade"
HOSTILE = [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"a": NaN}', b"{}" * 1000, b'{"type": 7, "data": [], "events": {}}', b"[" * 5_000]


class Hearing(Played):
    """Signatures, duplicates and order."""

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
                        assert all(isinstance(one, Event) for one in host.to_events(admitted, received_at=self.now(), base_url=self.on_stage.url))

        self.run(work())

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


def _refused(work: Any) -> int:
    try:
        work()
    except DeliveryRefused as refused:
        return refused.status
    return 200
