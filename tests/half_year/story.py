"""Half a year of a community with two programs, told day by day.

The members act as people do: some at once, some late, some never. Everything is drawn from the seed. What they do goes through the community or through the
service's own doors; nothing is written behind its back.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from tests.half_year.beginnings import Beginnings
from tests.half_year.books import Books
from tests.half_year.days import Days
from tests.half_year.documents import MOVE
from tests.half_year.figures import EVALUATION, Recount, shown
from tests.half_year.matches import Matches
from tests.half_year.teller import Look

START = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
DAYS = 182
EVENING = timedelta(hours=7)
LOOKED_AT = (17, 60, 130, DAYS - 1)
"""Evenings on which the dashboard is looked at: while requests wait, in the middle of things, and at the end."""


class Story(Beginnings, Matches, Days):
    """The chapters in the order of the days."""

    async def tell(self, *, days: Iterable[int] = range(DAYS)) -> None:
        """From the first day to the last; or only some days of it, one after the other."""
        for day in days:
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
