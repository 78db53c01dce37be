"""How mentors and mentees find each other: a round, requests, and a second round for who was left."""

from tests.half_year.documents import COMPUTE, DRAFT, MOVE, PUBLISH, REMATCH, REQUEST
from tests.half_year.teller import Teller


class Matches(Teller):
    """Matching, each time that it is its day."""

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
