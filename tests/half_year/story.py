"""Half a year of a community with two programs, told day by day.

The members act as people do: some at once, some late, some never. Everything is drawn from the seed. What they do goes through the community or through the
service's own doors; nothing is written behind its back.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.half_year.books import Books
from tests.half_year.documents import (
    ACCEPT,
    AGREE,
    ANNOUNCE,
    ANSWER_INVITATION,
    COMPUTE,
    CREATE,
    DECIDE,
    DECLINE,
    DRAFT,
    END,
    ENROL,
    ENROLLED,
    ERRORS,
    MINE,
    MOVE,
    PROPOSE,
    PUBLISH,
    REFER,
    REMATCH,
    REPORT,
    REQUEST,
    RULE,
    SURVEY,
    WAVE,
)
from tests.half_year.figures import EVALUATION, Recount, shown
from tests.half_year.people import SKILLS, Person
from tests.half_year.places import Message
from tests.half_year.service import Service

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DAYS = 182
LOOKS_IN = 0.25
"""How often a day the most diligent look in."""
HOURS = (0, 2, 5)
"""Hours after the morning at which they do."""
EVENING = timedelta(hours=7)
LOOKED_AT = (17, 60, 130, DAYS - 1)
"""Evenings on which the dashboard is looked at: while requests wait, in the middle of things, and at the end."""


@dataclass(frozen=True)
class Look:
    """The figures of a program on an evening: as the dashboard says them, and as they were counted."""

    day: int
    program: str
    shown: dict[str, Any]
    counted: dict[str, Any]


@dataclass
class Story:
    """What happens, and what was noted of it. ``refused`` counts what the service said no to, by code."""

    service: Service
    people: list[Person]
    seed: int
    programs: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    stopped: set[str] = field(default_factory=set)
    expected: dict[date, set[str]] = field(default_factory=dict)
    """Who had a session the day before."""
    gone: set[str] = field(default_factory=set)
    gone_with: list[Message] = field(default_factory=list)
    """What was in the inboxes of those who left, which nobody can look into any more."""
    round_id: str = ""
    looks: list[Look] = field(default_factory=list)
    log: list[tuple[str, str, str]] = field(default_factory=list)
    """What was done, by whom, and what the service said to it, in order."""

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)  # noqa: S311 - a story, no secret
        self.by_name = {one.username: one for one in self.people}

    # ------------------------------------------------------------------------------------------------------------- small things

    async def act(self, what: str, query: str, username: str = "", **given: object) -> Any:
        """Somebody does something; a refusal with a reason is part of life and counted."""
        payload = await self.service.do(query, username, input=given)
        self.log.append((what, username, ",".join(error["code"] for error in payload["userErrors"])))
        for error in payload["userErrors"]:
            assert error["message"], error
            self.refused[f"{what}: {error['code']}"] += 1
        if not payload["userErrors"]:
            self.events[what] += 1
        return payload

    def of(self, kind: str) -> list[Person]:
        return [one for one in self.people if one.kind == kind and one.username not in self.gone]

    async def enrolled(self, program: str, state: str | None = "APPROVED") -> list[Any]:
        found: list[Any] = []
        after = None
        while True:
            page = (await self.service.ask(ENROLLED, p=self.programs[program], state=state, after=after))["enrolments"]
            found += [edge["node"] for edge in page["edges"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return found

    # ------------------------------------------------------------------------------------------------------------- before

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

    # ------------------------------------------------------------------------------------------------------------- recruitment

    async def found_programs(self) -> None:
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

    # ------------------------------------------------------------------------------------------------------------- matching

    async def draw_round(self) -> None:
        """One program matches in a round."""
        await self.act("moved", MOVE, id=self.programs["round"], state="MATCHING")
        design = {"criteria": [{"key": "zone", "kind": "TIMEZONE", "importance": "HIGH"}], "seed": self.seed}
        made = await self.act("round", DRAFT, program=self.programs["round"], name="Spring", design=design)
        self.round_id = made["round"]["id"]
        await self.act("computed", COMPUTE, id=self.round_id)
        await self.service.work()
        await self.act("published", PUBLISH, id=self.round_id)
        await self.act("moved", MOVE, id=self.programs["round"], state="ACTIVE")

    async def request(self, *, share: float) -> None:
        """In the other, mentees ask mentors in the order of their choice."""
        enrolled = await self.enrolled("choice")
        mentors = [one["member"]["id"] for one in enrolled if one["role"] == "MENTOR" and one["member"]]
        for one in enrolled:
            if one["role"] == "MENTEE" and one["member"] and self.rng.random() < share:
                chosen = self.rng.sample(mentors, min(3, len(mentors)))
                await self.act(
                    "asked",
                    REQUEST,
                    one["member"]["username"],
                    program=self.programs["choice"],
                    mentors=chosen,
                    goal="To take the next step in my work",
                    note="Hello!",
                )

    async def rematch(self) -> None:
        """Who was left without a mentor is matched again, and the pairs that work stay."""
        made = await self.act("rematch", REMATCH, id=self.round_id, name="Second spring")
        if made["round"] is None:
            return
        await self.act("computed", COMPUTE, id=made["round"]["id"])
        await self.service.work()
        await self.act("published again", PUBLISH, id=made["round"]["id"])

    # ------------------------------------------------------------------------------------------------------------- every day

    async def day(self) -> None:
        """Whoever takes part looks in at their hour and does what is due, as they are. After a session most look in."""
        expected = self.expected.pop(self.service.clock.now.date(), set())
        morning = self.service.clock.now
        for hour in HOURS:
            await self.service.move(morning + timedelta(hours=hour))
            await self._look_in([one for number, one in enumerate(self.people) if HOURS[number % len(HOURS)] == hour], expected)

    async def _look_in(self, some: list[Person], expected: set[str]) -> None:
        for one in some:
            ready = one.diligence if one.username in expected else one.diligence * LOOKS_IN
            if one.kind == "member" or one.username in self.gone or self.rng.random() > ready:
                continue
            mine = await self.service.ask(MINE, one.username)
            await self._invitations(one, mine["viewer"])
            await self._requests(one, mine["viewer"])
            await self._sessions(one, mine["viewer"])
            await self._surveys(one, mine["mySurveys"])

    async def _invitations(self, one: Person, mine: Any) -> None:
        for asked in mine["invitations"]:
            if self.rng.random() < 0.4:
                accept = self.rng.random() < 0.7
                await self.act(
                    "invitation accepted" if accept else "invitation declined", ANSWER_INVITATION, one.username, id=asked["id"], accept=accept, adult=True
                )

    async def _requests(self, one: Person, mine: Any) -> None:
        for asked in mine["receivedRequests"]:
            if asked["state"] == "PENDING" and self.rng.random() < one.diligence:
                if self.rng.random() < 0.75:
                    await self.act("accepted", ACCEPT, one.username, id=asked["id"])
                else:
                    await self.act("said no", DECLINE, one.username, id=asked["id"], reason="NO_TIME")

    async def _sessions(self, one: Person, mine: Any) -> None:
        now = self.service.clock.now
        open_for = Counter(session["mentorship"] for session in mine["sessions"])
        for session in mine["sessions"]:
            me = next(each for each in session["people"] if each["member"] and each["member"]["username"] == one.username)
            if session["state"] == "PROPOSED" and not me["asks"] and me["can"] is None:
                at = session["times"][0]["at"]
                await self.act("agreed", AGREE, one.username, id=session["id"], times=[at])
                after = datetime.fromisoformat(at).date() + timedelta(days=1)
                self.expected.setdefault(after, set()).update(each["member"]["username"] for each in session["people"] if each["member"])
            elif session["state"] == "CONFIRMED" and datetime.fromisoformat(session["endsAt"]) < now and session["held"] is None:
                await self._report(one, session)
        for pair in mine["mentorships"]:
            # Who is stopped has fallen silent: such a pair is nudged.
            silent = pair["id"] in self.stopped
            if pair["endedAt"] is None and not silent and not open_for[pair["id"]] and pair["mentees"] and pair["mentor"] and self.rng.random() < 0.09:
                at = (now + timedelta(days=self.rng.randint(2, 5))).replace(hour=self.rng.randint(8, 17), minute=0)
                await self.act("proposed", PROPOSE, one.username, mentorship=pair["id"], times=[at.isoformat()], minutes=self.rng.choice((30, 60)))
            if pair["endedAt"] is None and self.rng.random() < 0.002:
                self.stopped.add(pair["id"])
            elif pair["endedAt"] is None and self.rng.random() < 0.0025:
                await self.act("ended", END, one.username, id=pair["id"], reason=self.rng.choice(("NOT_A_FIT", "NO_TIME", "GOAL_REACHED")))

    async def _report(self, one: Person, session: Any) -> None:
        others = [each["member"] for each in session["people"] if each["member"] and each["member"]["username"] != one.username]
        # Whether it took place is one truth, drawn from the session itself; both sides tell it, mostly.
        truth = random.Random(f"{self.seed}:{session['startsAt']}:{sorted([one.username, *(each['username'] for each in others)])}")  # noqa: S311 - as above
        flaky = max((self.by_name[name] for name in (one.username, *(each["username"] for each in others))), key=lambda each: each.flaky)
        missed = truth.random() < flaky.flaky
        if not missed:
            await self.act("held", REPORT, one.username, id=session["id"], held=True)
        elif flaky.username != one.username:
            absent = [each["username"] for each in others if each["username"] == flaky.username]
            ids = [await self._id(name) for name in absent]
            await self.act("waited", REPORT, one.username, id=session["id"], held=False, missing=ids)

    async def _id(self, username: str) -> str:
        found = (await self.service.ask("query ($q: String!) { members(query: $q, first: 5) { edges { node { id username } } } }", q=username))["members"]
        return next(str(edge["node"]["id"]) for edge in found["edges"] if edge["node"]["username"] == username)

    async def _surveys(self, one: Person, waiting: Any) -> None:
        for survey in waiting:
            if self.rng.random() < one.diligence * 0.6:
                answers = [given for question in survey["form"]["questions"] if (given := self._answer(question)) is not None]
                await self.act(f"answered {survey['kind'].lower()}", SURVEY, one.username, survey=survey["id"], answers=answers)

    def _answer(self, question: Any) -> dict[str, object] | None:
        """Something that fits a question; what is not asked of everybody, or needs words, is left out."""
        kind, low, high = question["kind"], question["least"], question["most"]
        if question["shownIf"] is not None:
            return None
        if kind == "SCALE":
            value: object = self.rng.randint(int(3 if low is None else max(low, high - 2)), int(5 if high is None else high))
        elif kind == "SINGLE_CHOICE":
            value = self.rng.choice([one["key"] for one in question["options"]])
        elif kind == "MULTIPLE_CHOICE":
            value = [question["options"][0]["key"]]
        elif kind == "YES_NO":
            value = self.rng.random() < 0.8
        elif kind == "NUMBER":
            value = int(low or 1)
        elif question["required"]:
            value = "It helped me to see the next step."
        else:
            return None
        return {"question": question["key"], "value": value}

    # ------------------------------------------------------------------------------------------------------------- the half year

    async def tell(self, *, days: int = DAYS) -> None:
        """From the first day to the last."""
        for day in range(days):
            await self.service.move(START + timedelta(days=day))
            await self._chapter(day)
            await self.service.work()
            await self.day()
            # Towards evening everything is delivered that the day brought.
            await self.service.move(START + timedelta(days=day) + EVENING)
            await self.service.work()
            if day in LOOKED_AT:
                await self.look(day)

    async def look(self, day: int) -> None:
        """A manager looks at the dashboard; at the same moment, the rows are counted."""
        books = Books(self.service.database)
        for name, program in self.programs.items():
            said = shown(await self.service.ask(EVALUATION, p=program), lambda given: self.service.number_of(given, "Mentorship"))
            counted = Recount(books, self.service.number_of(program, "Program"), now=self.service.clock.now).figures()
            self.looks.append(Look(day, name, said, counted))

    async def _chapter(self, day: int) -> None:
        """What is set for a day."""
        match day:
            case 0:
                await self.settle_in()
                await self.found_programs()
            case 1:
                await self.recruit()
            case 6 | 12:
                await self.approve()
            case 14:
                await self.act("moved", MOVE, id=self.programs["choice"], state="MATCHING")
                await self.draw_round()
            case 15 | 22 | 29 | 43:
                await self.request(share=0.8)
            case 50:
                await self.act("moved", MOVE, id=self.programs["choice"], state="ACTIVE")
            case 75:
                leaving = next(one for one in self.people if one.kind == "mentee")
                self.gone_with += [one for one in await self.service.place.messages() if one.to == leaving.username]
                await self.service.place.leave(leaving.username)
                self.gone.add(leaving.username)
            case 90:
                await self.rematch()
            case 168:
                for program in self.programs.values():
                    await self.act("moved", MOVE, id=program, state="COMPLETED", endPairs=True)
