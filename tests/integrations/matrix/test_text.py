"""The words of a message are its author's, without markup, code and quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.matrix.identifiers import event_id, link, member_id, member_of, room_id, split
from integrations.matrix.text import words_of
from mentorgraph.host import HostInvalid

HTML = "org.matrix.custom.html"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"body": "plain words"}, "plain words"),
        ({"body": "> <@a:b> quoted\n> more\n\nmine"}, "mine"),
        ({"body": "see `code` and ```\nblock\n``` end"}, "see and end"),
        ({"body": "open ```\nblock"}, "open"),
        ({"body": "x", "format": HTML, "formatted_body": "<mx-reply><blockquote>old</blockquote></mx-reply><p>new &amp; <b>bold</b></p>"}, "new & bold"),
        ({"body": "x", "format": HTML, "formatted_body": "<pre><code>code</code></pre>after<br>line"}, "after\nline"),
        ({"body": "x", "format": HTML, "formatted_body": "<blockquote><b>never closed</blockquote>after"}, "after"),
        ({"body": "kept", "format": "other", "formatted_body": "<b>not read</b>"}, "kept"),
        ({"body": 7}, ""),
        ({}, ""),
    ],
)
def test_words(content: dict[str, object], words: str) -> None:
    assert words_of(content) == words


@given(st.text(max_size=300))
def test_any_markup_is_read_to_its_end(markup: str) -> None:
    words_of({"body": markup, "format": HTML, "formatted_body": markup})


def test_identifiers() -> None:
    assert member_id("@maya:example.org") == "@maya:example.org"
    assert [member_id(value) for value in ("maya:example.org", "@maya", "@:x", "@a b:x", f"@{'a' * 300}:x", 7, None)] == [None] * 7
    assert room_id("!v12hash") == "!v12hash"
    assert room_id("!a/b:c") is None
    assert event_id("$x") == "$x"
    assert split("!room:x/$event") == ("!room:x", "$event")
    assert [split(value) for value in ("", "x", "!r", "!r/x", "$e/!r")] == [None] * 5
    assert member_of("maya:x.org") == member_of("@maya:x.org") == "@maya:x.org"
    with pytest.raises(HostInvalid):
        member_of("maya")
    assert link("!r:x", "$e") == "https://matrix.to/#/!r:x/$e"
