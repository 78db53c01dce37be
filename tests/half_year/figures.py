"""The dashboard's figures counted once more from the rows, by SQL and by hand. Nothing of the product's own arithmetic is used."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import fmean, median
from typing import Any

import orjson

from tests.half_year.advice import advice
from tests.half_year.books import MICROS, Books
from tests.half_year.estimates import Figure, mean, mean_apart, promoters, share, share_apart, unevenness

HOUR, DAY = 3600 * MICROS, 86400 * MICROS
REPLY, QUIET, LONG, NEW = 48 * HOUR, 21 * DAY, 90 * DAY, 90 * DAY
CELL = 5
"""Answers show in fives."""
_FIGURE = "{ value low high n }"
EVALUATION = f"""query ($p: ID!) {{ programEvaluation(program: $p) {{ health {{
  mentors mentees matched waiting places active stalled loadGini largestLoad idleMentors ended {{ name value }}
  requests replied medianHoursToReply requestsWaiting sessionsHeld sessionsMissed surveysAnswered
  matchRate {_FIGURE} repliedInTime {_FIGURE} missedRate {_FIGURE} answerRate {_FIGURE} nps {_FIGURE} quality {_FIGURE}
  reach {{ audience members enrolled share {_FIGURE} }} goals {{ measure target value met }} }}
  advice {{ rule because urgency text numbers {{ name value }} mentorships }} }}
  programCohorts(program: $p) {{ name mentees matchRate {_FIGURE} matchDifference {_FIGURE} quality {_FIGURE} qualityDifference {_FIGURE} }} }}"""


class Recount:
    """A program's rows, and what they come to at ``now``."""

    def __init__(self, books: Books, program_id: int, *, now: datetime) -> None:
        self._books, self._program, self._now = books, program_id, int(now.timestamp() * MICROS)
        self._enrolled = self._rows("SELECT * FROM enrolments WHERE program_id = ? AND state = 'approved'")
        self._mentors = {row["member_id"]: row for row in self._enrolled if row["role"] == "mentor"}
        self._mentees = {row["member_id"]: row for row in self._enrolled if row["role"] == "mentee"}
        self._pairs = [row for row in self._rows("SELECT * FROM mentorships WHERE program_id = ?") if row["began_at"] <= self._now]
        self._seats: dict[int, list[int | None]] = {}
        for row in self._rows("SELECT s.* FROM mentees s JOIN mentorships m USING (installation_id, mentorship_id) WHERE m.program_id = ?"):
            self._seats.setdefault(row["mentorship_id"], []).append(row["member_id"])
        self._running = [row for row in self._pairs if row["ended_at"] is None or row["ended_at"] > self._now]
        self._ever = self._seated(self._pairs)
        self._sessions = self._rows("SELECT * FROM sessions WHERE program_id = ?")
        self._voices = self._answers()

    def _rows(self, statement: str) -> list[dict[str, Any]]:
        return self._books.rows(statement, self._program)

    def _seated(self, pairs: Iterable[dict[str, Any]]) -> set[int]:
        return {one for row in pairs for one in self._seats.get(row["mentorship_id"], []) if one is not None}

    def _of_kind(self, state: str) -> list[dict[str, Any]]:
        return [row for row in self._sessions if row["state"] == state and row["starts_at"] is not None and row["starts_at"] <= self._now]

    # ------------------------------------------------------------------------------------------------------------- what was answered

    def _answers(self) -> list[dict[str, Any]]:
        """Answers to surveys in the order of giving, with the questions that they answer."""
        versions = {
            (row["form_id"], row["version"]): {one["key"]: one for one in orjson.loads(row["questions"])}
            for row in self._books.rows("SELECT form_id, version, questions FROM form_versions")
        }
        found = self._rows(
            "SELECT a.*, s.kind, s.answered_at FROM submissions a JOIN surveys s USING (installation_id, survey_id)"
            " WHERE s.program_id = ? AND s.answered_at IS NOT NULL ORDER BY s.answered_at, a.submission_id"
        )
        return [{**row, "answers": orjson.loads(row["answers"]), "questions": versions[row["form_id"], row["version"]]} for row in found]

    @staticmethod
    def _in_fives(values: Iterable[Any]) -> list[Any]:
        found = [one for one in values if one is not None]
        return found[: len(found) - len(found) % CELL]

    @staticmethod
    def _pulse(row: dict[str, Any]) -> float | None:
        items = {key: one for key, one in row["questions"].items() if one.get("factor")}
        given = {key: row["answers"][key] for key in items if row["answers"].get(key) is not None}
        if not given or len(given) * 2 < len(items):
            return None
        points = []
        for key, value in given.items():
            one = items[key]
            low, high = one.get("least") or 1, one.get("most") or 5
            part = (value - low) / (high - low)
            points.append(1 + 4 * (1 - part if one.get("reversed") else part))
        return fmean(points)

    def _goal_reached(self) -> float | None:
        said = self._in_fives({"yes": True, "partly": False, "no": False}.get(row["answers"].get("goal_reached", "")) for row in self._kind("closing"))
        return sum(said) / len(said) if said else None

    def _kind(self, kind: str) -> list[dict[str, Any]]:
        return [row for row in self._voices if row["kind"] == kind]

    # ------------------------------------------------------------------------------------------------------------- the figures

    def figures(self) -> dict[str, Any]:
        """What the dashboard should say."""
        matched = len(self._mentees.keys() & self._ever)
        today = self._seated(self._running)
        load: Counter[int] = Counter()
        for row in self._running:
            if row["mentor_id"] is not None:
                load[row["mentor_id"]] += len(self._seats.get(row["mentorship_id"], []))
        held, missed = len(self._of_kind("held")), len(self._of_kind("missed"))
        asked = self._rows("SELECT * FROM surveys WHERE program_id = ? AND asked_at IS NOT NULL")
        answered = sum(row["answered_at"] is not None for row in asked)
        stalled = self._stalled()
        found = {
            "mentors": len(self._mentors),
            "mentees": len(self._mentees),
            "matched": matched,
            "matchRate": share(matched, len(self._mentees)),
            "waiting": sum(not row["paused"] and one not in today for one, row in self._mentees.items()),
            "places": sum(max(0, row["capacity"] - load[one]) for one, row in self._mentors.items() if not row["paused"]),
            "active": len(self._running) - len(stalled),
            "stalled": stalled,
            "ended": dict(Counter(row["end_reason"] for row in self._pairs if row not in self._running)),
            "loadGini": unevenness(load[one] for one in self._mentors),
            "largestLoad": max((load[one] for one in self._mentors), default=0),
            "idleMentors": sum(not row["paused"] and row["capacity"] > 0 and not load[one] for one, row in self._mentors.items()),
            **self._requests(),
            "sessionsHeld": held,
            "sessionsMissed": missed,
            "missedRate": share(missed, held + missed),
            "surveysAnswered": answered,
            "answerRate": share(answered, len(asked)),
            "quality": mean(self._in_fives(self._pulse(row) for row in self._kind("pulse"))),
            "nps": promoters(self._in_fives(row["answers"].get("recommend") for row in self._kind("nps"))),
            "reach": self._reach(),
        }
        (program,) = self._rows("SELECT goals, state FROM programs WHERE program_id = ?")
        found["goals"] = self._goals(found, orjson.loads(program["goals"]))
        told = advice(found, running=len(self._running), over=program["state"] in {"completed", "archived"})
        return {**found, "cohorts": self._cohorts(), "advice": told}

    def _stalled(self) -> list[int]:
        """Pairs that nothing was heard of for three weeks, the longest first."""
        heard = {row["mentorship_id"]: row["began_at"] for row in self._running}
        for row in self._sessions:
            signs = [row["created_at"], *([row["starts_at"]] if row["state"] == "held" else [])]
            for sign in signs:
                if row["mentorship_id"] in heard and sign <= self._now:
                    heard[row["mentorship_id"]] = max(heard[row["mentorship_id"]], sign)
        return [pair for at, pair in sorted((at, pair) for pair, at in heard.items()) if self._now - at > QUIET]

    def _requests(self) -> dict[str, Any]:
        asked = [row for row in self._rows("SELECT * FROM requests WHERE program_id = ? AND asked_at IS NOT NULL") if row["asked_at"] <= self._now]
        replied = [row for row in asked if row["state"] in {"accepted", "declined"}]
        # One that was taken back before a reply was due says nothing about replies.
        judged = [
            row
            for row in asked
            if row["asked_at"] + REPLY <= self._now
            and (row in replied or row["state"] == "pending" or row["answered_at"] is None or row["answered_at"] - row["asked_at"] > REPLY)
        ]
        return {
            "requests": len(asked),
            "replied": len(replied),
            "medianHoursToReply": median((row["answered_at"] - row["asked_at"]) / HOUR for row in replied) if replied else None,
            "repliedInTime": share(sum(row in replied and row["answered_at"] - row["asked_at"] <= REPLY for row in judged), len(judged)),
            "requestsWaiting": sum(row["state"] == "pending" for row in judged),
        }

    def _reach(self) -> dict[str, tuple[int, int, Figure | None]]:
        there = self._books.rows("SELECT member_id, created_at FROM members WHERE standing IN ('member', 'unknown')")
        parts = {
            "everybody": {row["member_id"] for row in there},
            "newcomers": {row["member_id"] for row in there if row["created_at"] is not None and row["created_at"] > self._now - NEW},
        }
        for row in self._books.rows("SELECT g.name, m.member_id FROM group_members m JOIN groups g USING (installation_id, group_id)"):
            if row["member_id"] in parts["everybody"]:
                parts.setdefault(f"group {row['name']}", set()).add(row["member_id"])
        inside = self._mentors.keys() | self._mentees.keys()
        return {name: (len(part), len(part & inside), share(len(part & inside), len(part))) for name, part in parts.items()}

    def _goals(self, found: dict[str, Any], goals: list[dict[str, Any]]) -> dict[str, tuple[float, float | None, bool]]:
        days: dict[int, float] = {}
        for row in self._of_kind("held"):
            pair = next(one for one in self._pairs if one["mentorship_id"] == row["mentorship_id"])
            days[row["mentorship_id"]] = min(days.get(row["mentorship_id"], 1e9), max(0, row["starts_at"] - pair["began_at"]) / DAY)
        old = [row for row in self._pairs if row["began_at"] + LONG <= self._now]
        values = {
            "match_rate": found["matchRate"] and found["matchRate"][0],
            "sessions_per_pair": found["sessionsHeld"] / len(self._pairs) if self._pairs else None,
            "goals_reached": self._goal_reached(),
            "days_to_first_session": median(days.values()) if days else None,
            "active_after_90_days": sum(row["ended_at"] is None or row["ended_at"] - row["began_at"] >= LONG for row in old) / len(old) if old else None,
        }
        told = {}
        for goal in goals:
            value = values[goal["measure"]]
            least = goal["measure"] != "days_to_first_session"
            told[goal["measure"]] = goal["target"], value, value is not None and (value >= goal["target"] if least else value <= goal["target"])
        return told

    def _cohorts(self) -> dict[str, tuple[int, Figure | None, Figure | None, Figure | None, Figure | None]]:
        def month(at: int) -> str:
            return f"{datetime(1970, 1, 1) + timedelta(microseconds=at):%Y-%m}"  # noqa: DTZ001 - UTC, as the rows are

        of_member = {row["member_id"]: month(row["enrolled_at"]) for row in self._rows("SELECT * FROM enrolments WHERE program_id = ?") if row["enrolled_at"]}
        found = {}
        for name in sorted({month(row["enrolled_at"]) for row in self._mentees.values()}):
            ours = {one for one, row in self._mentees.items() if month(row["enrolled_at"]) == name}
            others = self._mentees.keys() - ours
            hits, other_hits = len(ours & self._ever), len(others & self._ever)
            said = self._in_fives(self._pulse(row) for row in self._kind("pulse") if of_member.get(row["member_id"]) == name)
            other_said = self._in_fives(self._pulse(row) for row in self._kind("pulse") if of_member.get(row["member_id"]) != name)
            apart_by = share_apart(hits, len(ours), other_hits, len(others))
            found[name] = len(ours), share(hits, len(ours)), apart_by, mean(said), mean_apart(said, other_said)
        return found


def shown(answer: dict[str, Any], number_of: Any) -> dict[str, Any]:
    """The same figures as the dashboard shows them."""

    def figure(found: dict[str, Any] | None) -> Figure | None:
        return None if found is None else (found["value"], found["low"], found["high"], found["n"])

    health = dict(answer["programEvaluation"]["health"])
    figures = {name: figure(health.pop(name)) for name in ("matchRate", "repliedInTime", "missedRate", "answerRate", "nps", "quality")}
    return {
        **health,
        **figures,
        "stalled": [number_of(one) for one in health["stalled"]],
        "ended": {one["name"]: int(one["value"]) for one in health["ended"]},
        "reach": {one["audience"]: (one["members"], one["enrolled"], figure(one["share"])) for one in health["reach"]},
        "goals": {one["measure"].lower(): (one["target"], one["value"], one["met"]) for one in health["goals"]},
        "cohorts": {
            one["name"]: (one["mentees"], *(figure(one[name]) for name in ("matchRate", "matchDifference", "quality", "qualityDifference")))
            for one in answer["programCohorts"]
        },
        "advice": [
            (one["rule"], one["urgency"], {each["name"]: each["value"] for each in one["numbers"]}, [number_of(each) for each in one["mentorships"]])
            for one in answer["programEvaluation"]["advice"]
        ],
    }


def apart(shown_as: Any, counted: Any, *, where: str = "") -> list[str]:
    """Where two such figures differ by more than rounding."""
    if isinstance(shown_as, dict) and isinstance(counted, dict):
        missing = [f"{where}: only one of both has {sorted(shown_as.keys() ^ counted.keys())}"] if shown_as.keys() != counted.keys() else []
        return missing + [line for key in shown_as.keys() & counted.keys() for line in apart(shown_as[key], counted[key], where=f"{where}.{key}")]
    if isinstance(shown_as, list | tuple) and isinstance(counted, list | tuple) and len(shown_as) == len(counted):
        return [line for place, (one, other) in enumerate(zip(shown_as, counted, strict=True)) for line in apart(one, other, where=f"{where}[{place}]")]
    if isinstance(shown_as, float | int) and isinstance(counted, float | int) and not isinstance(shown_as, bool):
        return [] if abs(shown_as - counted) <= 1e-9 * max(1.0, abs(counted)) else [f"{where}: {shown_as} is shown, {counted} was counted"]
    return [] if shown_as == counted else [f"{where}: {shown_as} is shown, {counted} was counted"]
