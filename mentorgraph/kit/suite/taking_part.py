"""A member's whole way: from a question to people who can help, signing in, and leaving."""

from typing import Any

from mentorgraph.host import Capability, HostError
from mentorgraph.kit.suite.playing import QUESTION, Played
from plugin.services.departures.erasure import erase_member

SUGGESTIONS = "{ viewer { suggestions(first: 5) { edges { node { score member { hostUserId } reasons { text contribution } } } } } }"


class TakingPart(Played):
    """Suggestions and sign-in."""

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


class Leaving(Played):
    """Erasure: the last, for it takes people away."""

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
