"""What members do on a day like any other, each as they are."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from tests.half_year.documents import ACCEPT, AGREE, ANSWER_INVITATION, DECLINE, END, MINE, PROPOSE, REPORT, SURVEY
from tests.half_year.people import Person
from tests.half_year.teller import Teller

LOOKS_IN = 0.25
"""How often a day the most diligent look in."""
HOURS = (0, 2, 5)
"""Hours after the morning at which they do."""


class Days(Teller):
    """Requests, sessions, surveys and endings."""

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
