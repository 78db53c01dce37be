"""The people of the half year: how they are, drawn once from the seed."""

import random
from dataclasses import dataclass

FIRST = (
    *("ada", "ben", "cara", "dan", "ella", "finn", "gia", "hugo", "ines", "jan", "kira", "leo", "mia"),
    *("nils", "olga", "pia", "quin", "rosa", "sven", "tara", "uwe", "vera", "wim", "xenia", "yara", "zoe"),
)
SKILLS = ("pricing", "fundraising", "hiring", "interviews", "marketing", "negotiation", "python", "writing")
ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo")


@dataclass(frozen=True, slots=True)
class Person:
    """A member. ``diligence`` is how readily they do what is due today, ``flaky`` how often they do not come; ``kind`` is how they would take part."""

    username: str
    kind: str
    skill: str
    zone: str
    diligence: float
    flaky: float
    wants_messages: bool
    weekly: bool
    capacity: int


def people(count: int, seed: int) -> list[Person]:
    """So many members: some help others and would mentor, some would have a mentor, most just are there."""
    rng = random.Random(seed)  # noqa: S311 - a story, no secret
    found = []
    for number in range(count):
        kind = "helper" if number < count * 0.08 else "mentor" if number < count * 0.16 else "mentee" if number < count * 0.4 else "member"
        found.append(
            Person(
                username=f"{FIRST[number % len(FIRST)]}{number:03d}",
                kind=kind,
                skill=SKILLS[rng.randrange(len(SKILLS))],
                zone=ZONES[rng.randrange(len(ZONES))],
                diligence=rng.uniform(0.35, 0.95),
                flaky=rng.choice((0.0, 0.0, 0.05, 0.3)),
                # Those who would take part mostly agree to messages; the others mostly were never asked.
                wants_messages=rng.random() < (0.15 if kind == "member" else 0.9),
                weekly=rng.random() < 0.15,
                capacity=rng.choice((1, 1, 2, 3)),
            )
        )
    return found
