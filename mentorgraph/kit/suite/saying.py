"""What is said in a host, and what it has no place for."""

from collections.abc import Coroutine
from typing import Any
from unittest import SkipTest

from mentorgraph.host import (
    AddToGroup,
    Capability,
    CreateGroup,
    DirectMessage,
    GrantBadge,
    HostInvalid,
    HostMessage,
    HostNotFound,
    Paragraph,
    Quote,
    RemoveFromGroup,
    TopicMessage,
    Words,
)
from mentorgraph.kit.suite.playing import Played


class Saying(Played):
    """Messages, groups and badges."""

    def test_what_it_cannot_do_is_said_and_what_it_can_is_done_once(self) -> None:
        async def work() -> None:
            client = await self.service.parts.runtime.client(self.service.id)
            can = self.on_stage.host.capabilities
            name = await self.username(self.people["expert"])
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

    def test_a_message_reaches_its_member(self) -> None:
        async def work() -> None:
            if Capability.DIRECT_MESSAGES not in self.on_stage.host.capabilities:
                raise SkipTest("this host has no direct messages")
            client = await self.service.parts.runtime.client(self.service.id)
            before = len(await self.on_stage.letters(self.people["asker"]))
            message = DirectMessage(to=(await self.username(self.people["asker"]),), title="A message of the kit", body=(Paragraph(("for you alone",)),))
            await client.send(message, key="kit-letter")
            letters = await self.on_stage.letters(self.people["asker"])
            assert len(letters) == before + 1
            assert any("for you alone" in one for one in letters)
            assert not any("for you alone" in one for one in await self.on_stage.letters(self.people["second"]))

        self.run(work())


async def _says_no(work: Coroutine[Any, Any, object]) -> bool:
    try:
        await work
    except (HostInvalid, HostNotFound) as error:
        return bool(error.message)
    return False
