"""What members wrote has no effect in our messages."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.matrix import messages
from mentorgraph.host import (
    AddToGroup,
    Bullets,
    CalendarEntry,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    HostMessage,
    Link,
    Mention,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Reply,
    TopicMessage,
    Words,
)


def test_both_forms_say_the_same() -> None:
    body = (
        Paragraph(("Hello ", Mention("maya:example.org"), ", see ", Link("your mentors", "https://x.org/a?b=1&c=2"))),
        Bullets((("one",), (Words("two <b>bold</b>"),))),
        Quote("said\n\nbefore"),
    )
    found = messages.content("A title", body)
    assert found["body"] == "A title\n\nHello maya:example.org, see your mentors (https://x.org/a?b=1&c=2)\n\n• one\n• two <b>bold</b>\n\n> said\n> before"
    assert found["formatted_body"] == (
        '<p><strong>A title</strong></p><p>Hello <a href="https://matrix.to/#/@maya:example.org">maya:example.org</a>, see '
        '<a href="https://x.org/a?b=1&amp;c=2">your mentors</a></p><ul><li>one</li><li>two &lt;b&gt;bold&lt;/b&gt;</li></ul>'
        "<blockquote>said<br>before</blockquote>"
    )
    assert found["m.mentions"] == {}


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//evil.org", "/path", "https://[", "https://a b"])
def test_only_addresses_of_the_web_become_links(url: str) -> None:
    assert messages.formatted("", (Paragraph((Link("text", url),)),)) == "<p>text</p>"
    assert messages.plain("", (Paragraph((Link("text", url),)),)) == "text"


@given(st.text(max_size=200))
def test_words_of_members_are_never_markup(words: str) -> None:
    for block in (Paragraph((Words(words), words)), Quote(words), Bullets(((Words(words),),))):
        inner = messages.formatted("", (block,))
        for tag in ("<p>", "</p>", "<ul>", "</ul>", "<li>", "</li>", "<blockquote>", "</blockquote>", "<br>"):
            inner = inner.replace(tag, "")
        assert "<" not in inner
        assert '"' not in inner


@pytest.mark.parametrize(("zone", "shown"), [("Europe/Berlin", "2026-11-02 10:00–11:30 (Europe/Berlin)"), ("Nowhere/At All", "2026-11-02 09:00–10:30 (UTC)")])
def test_an_event_is_a_line_with_its_time(zone: str, shown: str) -> None:
    entry = CalendarEntry(
        name="First\nmeeting",
        start=datetime(2026, 11, 2, 9, tzinfo=UTC),
        end=datetime(2026, 11, 2, 10, 30, tzinfo=UTC),
        timezone=zone,
        url="https://meet.org/1",
    )
    assert messages.plain("", (entry,)) == f"🗓 First meeting: {shown} https://meet.org/1"


def test_what_is_too_long_is_cut_between_blocks() -> None:
    body = (Paragraph(("a" * 20_000,)), Paragraph(("b" * 20_000,)), Paragraph(("c",)))
    assert messages.plain("", body) == f"{'a' * 20_000}\n\nc"
    assert messages.formatted("", body) == f"<p>{'a' * 20_000}</p><p>c</p>"


@pytest.mark.parametrize(
    ("message", "to", "text"),
    [
        (DirectMessage(to=("maya:x.org", "noor:x.org"), title="T", body=()), "maya:x.org, noor:x.org", "T"),
        (TopicMessage(space_id="!r:x", title="T", body=()), "room !r:x", "T"),
        (EditTopic(topic_id="!r:x/$e", title="T", body=()), "thread !r:x/$e", "T"),
        (Reply(topic_id="!r:x/$e", body=(Paragraph(("hi",)),)), "thread !r:x/$e", "hi"),
        (CreateGroup(slug="s", title="T", member_usernames=("a:x",), owner_usernames=("b:x",)), "rooms", "b:x, a:x"),
        (AddToGroup(group_id="!g:x", usernames=("a:x",)), "room !g:x", "+a:x"),
        (RemoveFromGroup(group_id="!g:x", usernames=("a:x",)), "room !g:x", "-a:x"),
        (GrantBadge(username="a:x", badge_name="Mentor", reason="thanks"), "a:x", "thanks"),
    ],
)
def test_a_dry_run_shows_every_kind(message: HostMessage, to: str, text: str) -> None:
    shown = messages.render(message)
    assert (shown.to, shown.text) == (to, text)
