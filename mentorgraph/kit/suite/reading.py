"""Listings of a host, which are the guarantee, and its limits."""

from mentorgraph.events import Event
from mentorgraph.host import HostBusy, Sweep
from mentorgraph.kit.suite.playing import PRICING, QUESTION, Played


class Reading(Played):
    """Reconciling, and waiting when asked to."""

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
                    batch = await client.pull(sweep, cursor, since=self.now())
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
