"""What a reply to a program's announcement asks for."""

import re
from enum import StrEnum

from plugin.domain.programs import Role

LOOKED_AT = 400
"""Characters of a reply that are looked at: who means it says so at once."""


class Wish(StrEnum):
    """What somebody replied."""

    MENTOR = "mentor"
    MENTEE = "mentee"
    BOTH = "both"
    """Both words, or a question about them: it has to be asked what is meant."""
    NOTHING = "nothing"
    """It is talk, and nobody is enrolled by talking."""


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_MENTOR = frozenset({"mentor", "mentorin", "mentore", "mentors", "mentoren"})
_MENTEE = frozenset({"mentee", "mentees", "mentoree"})
_REFUSALS = frozenset(
    {"no", "not", "don't", "dont", "cannot", "can't", "cant", "never", "nein", "nicht", "kein", "keine", "keinen", "non", "pas", "nie", "não", "нет"}
)
_ASKING = frozenset({"?", "？", "؟"})


def wish_of(text: str) -> Wish:
    """What a reply asks for. Rather nothing than an enrolment that nobody meant: a refusal, a question or talk about mentors is none.

    The words are looked for that the announcement asks to reply with, ``mentor`` and ``mentee``, in a reply's first line.
    """
    said = text.strip()[:LOOKED_AT]
    first = next((line for line in said.splitlines() if line.strip()), "")
    words = [word.casefold().replace("’", "'") for word in _WORD.findall(first)]
    if not words or len(words) > 12 or not _REFUSALS.isdisjoint(words):
        return Wish.NOTHING
    mentor, mentee = not _MENTOR.isdisjoint(words), not _MENTEE.isdisjoint(words)
    if mentor and mentee:
        return Wish.BOTH
    if not (mentor or mentee):
        return Wish.NOTHING
    if any(mark in first for mark in _ASKING):
        return Wish.BOTH
    # "I want a mentor" asks for one; "I want to be a mentor" offers one.
    if mentor and _wants_one(words):
        return Wish.MENTEE
    return Wish.MENTOR if mentor else Wish.MENTEE


_ARTICLES = frozenset({"a", "my", "some", "ein", "eine", "einen"})
_WANTING = frozenset({"want", "need", "like", "seek", "seeking", "find", "looking", "get", "have", "möchte", "suche", "brauche", "will", "hätte"})
_BEING = frozenset({"be", "become", "being", "as", "sein", "werden", "als"})


def _wants_one(words: list[str]) -> bool:
    place = next(index for index, word in enumerate(words) if word in _MENTOR)
    before = words[:place]
    if not _BEING.isdisjoint(before) or "sein" in words[place:] or "werden" in words[place:]:
        return False
    return bool(before) and (before[-1] in _ARTICLES or before[-1] == "for") and not _WANTING.isdisjoint(before)


def roles_of(wish: Wish) -> Role | None:
    """The role that a reply asks for clearly."""
    return {Wish.MENTOR: Role.MENTOR, Wish.MENTEE: Role.MENTEE}.get(wish)
