"""How it begins: a community that helps each other, its programs, and who is recruited."""

from tests.half_year.documents import ANNOUNCE, CREATE, DECIDE, ENROL, ERRORS, MOVE, REFER, RULE, WAVE
from tests.half_year.people import SKILLS
from tests.half_year.teller import Teller


class Beginnings(Teller):
    """The first two weeks."""

    async def community(self) -> None:
        """Two hundred people and what they asked and answered before there was any program."""
        place = self.service.place
        for one in self.people:
            await place.sign_up(one.username)
        helpers = self.of("helper")
        for number, asker in enumerate((self.of("mentee") + self.of("member"))[:50]):
            skill = SKILLS[number % len(SKILLS)]
            topic = await place.ask(
                asker.username, f"How do I get better at {skill}? ({number})", f"I struggle with {skill} and do not know where to begin. Who has been there?"
            )
            for helper in self.rng.sample(helpers, 2):
                await place.reply(
                    helper.username, topic, f"With {skill} I began small: one step, then look, then the next. It took me a year of {helper.skill}."
                )

    async def settle_in(self) -> None:
        """Members say whether they want messages, when, and how often."""
        for one in self.people:
            if one.wants_messages:
                await self.service.do(f"mutation {{ optInToMessages {{ {ERRORS} }} }}", one.username)
            if one.wants_messages and one.kind != "member" and one.zone != "UTC":
                hours = f"mutation ($z: String!) {{ setMessageHours(input: {{timezone: $z}}) {{ {ERRORS} }} }}"
                assert (await self.service.do(hours, one.username, z=one.zone))["userErrors"] == []
            if one.weekly:
                choose = f'mutation {{ chooseMessages(input: {{group: "mentorships", channel: HOST, frequency: WEEKLY}}) {{ {ERRORS} }} }}'
                assert (await self.service.do(choose, one.username))["userErrors"] == []

    async def found_programs(self) -> None:
        """Two programs from templates, announced, with what is given for taking part."""
        for name, template in (("choice", "young-professionals"), ("round", "new-entrepreneurs")):
            made = await self.act("program", CREATE, name=f"{name.title()} program of spring", template=template)
            self.programs[name] = made["program"]["id"]
            await self.act("moved", MOVE, id=self.programs[name], state="ENROLLING")
            await self.act("announced", ANNOUNCE, program=self.programs[name], space=self.service.place.space, intro="We begin in January.")
            await self.act("rule", RULE, program=self.programs[name], figure="SESSIONS", least=3, badge=f"Steady in {name}", points=10)
            await self.act("rule", RULE, program=self.programs[name], figure="COMPLETED", least=1, certificate=True)

    async def recruit(self) -> None:
        """Helpers are asked in a wave; others reply to the announcements, enrol by form, or come by somebody's link."""
        for name in ("choice", "round"):
            await self.act("wave", WAVE, program=self.programs[name], size=8, words="You help so many here already.")
        link = await self.act("link", REFER, self.of("mentor")[0].username, program=self.programs["choice"], named=True)
        path = link["link"]["address"].removeprefix(self.service.url)
        topics = {name: await self.service.place.topic(f"{name.title()} program") for name in self.programs}
        for number, one in enumerate(self.of("mentor") + self.of("mentee")):
            program = "choice" if number % 2 else "round"
            if number % 9 == 4 and one.kind == "mentee":
                self.events["by link"] += await self.service.enrol_by_page(one.username, path, one.kind)
            elif number % 3 == 0:
                await self.service.place.reply(one.username, topics[program], f"{one.kind.title()}, please count me in!")
            else:
                await self.act(
                    "enrolled",
                    ENROL,
                    one.username,
                    program=self.programs[program],
                    role=one.kind.upper(),
                    adult=True,
                    capacity=one.capacity if one.kind == "mentor" else 1,
                )
        for one in self.of("member")[:5]:
            await self.service.place.reply(one.username, topics["choice"], "What a good idea, good luck to everybody!")

    async def approve(self) -> None:
        """A manager looks at who applied."""
        for program in self.programs:
            for one in await self.enrolled(program, "APPLIED"):
                approve = self.rng.random() < 0.95
                await self.act("approved" if approve else "turned down", DECIDE, id=one["id"], approve=approve)
