"""The books of the half year: what was written to whom, and the figures counted once more from the rows, by SQL and by hand."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from tests.half_year.places import Message

MICROS = 1_000_000
IN_TIME = timedelta(hours=48)
HEALTH = """query ($p: ID!) { programEvaluation(program: $p) { advice { rule } health {
  mentors mentees matched matchRate { value n } waiting places active stalled ended { name value }
  requests replied medianHoursToReply repliedInTime { value n } requestsWaiting largestLoad idleMentors
  sessionsHeld sessionsMissed missedRate { value n } surveysAnswered answerRate { value n } nps { value n } quality { value n } } } }"""


def duplicates(messages: Iterable[Message]) -> list[Message]:
    """Messages with the same words to the same member within a day."""
    seen: dict[tuple[str, str, str], datetime] = {}
    found = []
    for one in sorted(messages, key=lambda each: each.at):
        key = (one.to, one.title, one.text)
        if key in seen and one.at - seen[key] < timedelta(days=1):
            found.append(one)
        seen[key] = one.at
    return found


class Books:
    """The database as it is after the half year, read by plain SQL."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self, statement: str, *values: object) -> list[dict[str, Any]]:
        """Rows of a statement."""
        with closing(sqlite3.connect(self._path)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    def count(self, statement: str, *values: object) -> int:
        """The one number of a statement."""
        return int(next(iter(self.rows(statement, *values)[0].values())))

    # ------------------------------------------------------------------------------------------------------------- figures

    def figures(self, program_id: int, *, now: datetime) -> dict[str, object]:
        """What the dashboard should say of a program, from its rows."""
        at = int(now.timestamp() * MICROS)
        enrolled = self.rows("SELECT * FROM enrolments WHERE program_id = ? AND state = 'approved'", program_id)
        mentors = {row["member_id"]: row for row in enrolled if row["role"] == "mentor"}
        mentees = {row["member_id"]: row for row in enrolled if row["role"] == "mentee"}
        pairs = self.rows("SELECT * FROM mentorships WHERE program_id = ? AND began_at <= ?", program_id, at)
        seats = self.rows("SELECT s.* FROM mentees s JOIN mentorships m USING (installation_id, mentorship_id) WHERE m.program_id = ?", program_id)
        of_pair: dict[int, list[int | None]] = {}
        for row in seats:
            of_pair.setdefault(row["mentorship_id"], []).append(row["member_id"])
        running = [row for row in pairs if row["ended_at"] is None or row["ended_at"] > at]
        ever = {one for row in pairs for one in of_pair.get(row["mentorship_id"], []) if one is not None}
        today = {one for row in running for one in of_pair.get(row["mentorship_id"], []) if one is not None}
        load: Counter[int] = Counter()
        for row in running:
            if row["mentor_id"] is not None:
                load[row["mentor_id"]] += len(of_pair.get(row["mentorship_id"], []))
        ended = Counter(row["end_reason"] for row in pairs if row["ended_at"] is not None and row["ended_at"] <= at)
        matched = len(mentees.keys() & ever)
        return {
            "mentors": len(mentors),
            "mentees": len(mentees),
            "matched": matched,
            "matchRate": (round(matched / len(mentees), 9), len(mentees)) if mentees else None,
            "waiting": sum(not row["paused"] and one not in today for one, row in mentees.items()),
            "places": sum(max(0, row["capacity"] - load[one]) for one, row in mentors.items() if not row["paused"]),
            "running": len(running),
            "ended": dict(sorted(ended.items())),
            "largestLoad": max((load[one] for one in mentors), default=0),
            "idleMentors": sum(not row["paused"] and row["capacity"] > 0 and not load[one] for one, row in mentors.items()),
            **self._requests(program_id, at),
            **self._sessions(program_id),
            **self._surveys(program_id),
        }

    def _requests(self, program_id: int, at: int) -> dict[str, object]:
        asked = self.rows("SELECT * FROM requests WHERE program_id = ? AND asked_at IS NOT NULL AND asked_at <= ?", program_id, at)
        replied = [row for row in asked if row["state"] in {"accepted", "declined"}]
        hours = [(row["answered_at"] - row["asked_at"]) / MICROS / 3600 for row in replied]
        limit = int(IN_TIME.total_seconds() * MICROS)
        taken_back = [row for row in asked if row["state"] == "withdrawn" and row["answered_at"] is not None and row["answered_at"] - row["asked_at"] <= limit]
        old = [row for row in asked if row["asked_at"] + limit <= at and row not in taken_back]
        in_time = sum(row in replied and row["answered_at"] - row["asked_at"] <= limit for row in old)
        return {
            "requests": len(asked),
            "replied": len(replied),
            "medianHoursToReply": round(median(hours), 6) if hours else None,
            "repliedInTime": (round(in_time / len(old), 9), len(old)) if old else None,
            "requestsWaiting": sum(row["state"] == "pending" for row in old),
        }

    def _sessions(self, program_id: int) -> dict[str, object]:
        states = Counter(row["state"] for row in self.rows("SELECT state FROM sessions WHERE program_id = ?", program_id))
        held, missed = states["held"], states["missed"]
        return {
            "sessionsHeld": held,
            "sessionsMissed": missed,
            "missedRate": (round(missed / (held + missed), 9), held + missed) if held + missed else None,
        }

    def _surveys(self, program_id: int) -> dict[str, object]:
        asked = self.rows("SELECT * FROM surveys WHERE program_id = ? AND asked_at IS NOT NULL", program_id)
        answered = sum(row["answered_at"] is not None for row in asked)
        return {"surveysAnswered": answered, "answerRate": (round(answered / len(asked), 9), len(asked)) if asked else None}


def shown(health: dict[str, Any]) -> dict[str, object]:
    """The same figures as the dashboard shows them."""

    def figure(name: str) -> tuple[float, int] | None:
        found = health[name]
        return None if found is None else (round(found["value"], 9), found["n"])

    plain = ("mentors", "mentees", "matched", "waiting", "places", "largestLoad", "idleMentors", "requests", "replied", "requestsWaiting", "sessionsHeld")
    hours = health["medianHoursToReply"]
    return {
        **{name: health[name] for name in (*plain, "sessionsMissed", "surveysAnswered")},
        **{name: figure(name) for name in ("matchRate", "repliedInTime", "missedRate", "answerRate")},
        "running": health["active"] + len(health["stalled"]),
        "ended": {one["name"]: int(one["value"]) for one in health["ended"]},
        "medianHoursToReply": None if hours is None else round(hours, 6),
    }
