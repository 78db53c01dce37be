"""What a reply to an announcement asks for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.replies import Wish, wish_of


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Mentor", Wish.MENTOR),
        ("mentor!", Wish.MENTOR),
        ("Count me in as a mentor", Wish.MENTOR),
        ("I would like to be a mentor", Wish.MENTOR),
        ("I'd like to become a mentor.\n\nI have done pricing for ten years. My mentee would get a lot.", Wish.MENTOR),
        ("Ich möchte Mentorin werden", Wish.MENTOR),
        ("mentee", Wish.MENTEE),
        ("As a mentee, please", Wish.MENTEE),
        ("I would like a mentor", Wish.MENTEE),
        ("I am looking for a mentor", Wish.MENTEE),
        ("Ich suche einen Mentor", Wish.MENTEE),
        ("mentor or mentee, I do not mind", Wish.NOTHING),
        ("mentor or mentee, both are fine", Wish.BOTH),
        ("What does a mentor do?", Wish.BOTH),
        ("I cannot be a mentor this year", Wish.NOTHING),
        ("Kein Mentor für mich, danke", Wish.NOTHING),
        ("Great idea, good luck to all!", Wish.NOTHING),
        ("My mentor taught me so much when I was young and I will always be grateful to her for that", Wish.NOTHING),
        ("", Wish.NOTHING),
        ("👍", Wish.NOTHING),
    ],
)
def test_what_is_meant(text: str, wish: Wish) -> None:
    assert wish_of(text) is wish


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    wish = wish_of(text)
    assert wish is Wish.NOTHING or "ment" in text.casefold()
