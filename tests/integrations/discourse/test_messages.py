import re
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.discourse import messages
from integrations.discourse.markup import literal, literal_lines, visible
from mentorgraph.host import (
    AddToGroup,
    Bullets,
    CalendarEntry,
    CreateGroup,
    DirectMessage,
    EditTopic,
    GrantBadge,
    Inline,
    Link,
    Mention,
    Paragraph,
    Quote,
    RemoveFromGroup,
    Reply,
    TopicMessage,
    Words,
)

ACTIVE = {
    "mention": r"@\w",
    "hashtag": r"(?<![\w&])#[\w:-]",
    "heading": r"^\s*#",
    "BBCode": r"\[",
    "HTML": r"<",
    "block quote": r"^\s*>",
    "entity of theirs": r"&(?!(?:amp|lt|gt|lsqb|rsqb|lcub|rcub|ast|lowbar|grave|bsol|vert|#126|dollar|Hat|#45|plus|equals|colon|percnt|period|rpar|excl);)",
    "emphasis, code or escape": r"[*_`\\|~$^]",
    "list": r"^\s*(?:[-+*]|\d{1,9}[.)])(?:\s|$)",
    "rule or underline": r"^\s*[-=]+\s*$",
    "indented code": r"^(?: {4}|\t)",
    "address": r"//|\bwww\.\w|\w\.[^\W\d_]{2}",
    "emoji": r":[\w+-]{1,100}:",
    "unseen": r"[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]",
}
PIECES = [
    "@",
    "ann",
    "#",
    "tag",
    "[",
    "]",
    "(",
    ")",
    "quote",
    "event",
    "poll",
    "date=",
    "/",
    "\\",
    "<",
    ">",
    "b",
    "&",
    "#64;",
    "commat;",
    "*",
    "_",
    "`",
    "```",
    "~~~",
    "-",
    "- ",
    "+ ",
    "=",
    "1.",
    "1) ",
]
PIECES += [
    "http",
    "https",
    ":",
    "//",
    "www",
    ".",
    "evil",
    "example",
    "com",
    ":smile:",
    "\n",
    "\r",
    "\t",
    "    ",
    "|",
    "$",
    "^",
    "{",
    "}",
    "!",
    "\u202e",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2028",
    "é",
    "日",
    " ",
]
HOSTILE = st.text(max_size=80) | st.lists(st.sampled_from(PIECES), max_size=25).map("".join)


def check_inert(shown: str) -> None:
    for what, pattern in ACTIVE.items():
        assert not re.search(pattern, shown, re.MULTILINE | re.IGNORECASE), f"{what} in {shown!r}"


class TestLiteral:
    @given(HOSTILE)
    @example('@ann [quote="bob"]x[/quote] [event start="2026"] #cat :smile: http://evil.example/x <img src=x> &#64;ann &commat;ann')
    @example("www.evil.example //evil.example evil.example me@evil.example")
    def test_nothing_of_a_members_text_takes_effect(self, text: str) -> None:
        check_inert(literal(text))
        for line in literal_lines(text):
            check_inert(line)

    @given(HOSTILE, HOSTILE)
    @example("", "_#0")
    def test_nor_does_what_two_of_them_make_together(self, one: str, two: str) -> None:
        raw = messages.body((Paragraph((Words(one), two)),)).removesuffix("\u2014 sent by Mentorgraph").strip()
        check_inert(raw)

    @pytest.mark.parametrize(
        ("text", "shown"),
        [
            ("Plain words, “quoted” (really) - at 10:30! 50% of C# & F#", "Plain words, “quoted” (really) - at 10:30! 50% of C# &amp; F#"),
            ("Zażółć जाभाषा 日本語 👩‍💻 می‌خواهم", "Zażółć जाभाषा 日本語 👩‍💻 می‌خواهم"),
            ("a_b * c", "a&lowbar;b &ast; c"),
            ("1. first", "1&period; first"),
            ("2026 was fine", "2026 was fine"),
            ("e.g. Node.js", "e.g. Node\u2024js"),
            ("hi @ann", "hi \uff20ann"),
            ("", ""),
        ],
    )
    def test_it_stays_readable(self, text: str, shown: str) -> None:
        assert literal(text) == shown

    def test_towers_of_marks_are_cut(self) -> None:
        assert len(visible("a" + "\u0301" * 50)) <= 5

    def test_lines_are_kept_apart_by_one_empty_line_at_most(self) -> None:
        assert literal_lines("\n\na\n\n\nb\r\nc\n\n") == ["a", "", "b", "c"]


class TestBody:
    def test_blocks(self) -> None:
        blocks = (
            Paragraph(("Hello ", Mention("ann_1"), ", meet ", Words("Bo *the* [great]"), "!")),
            Bullets((("first ", Link("here", "https://m.example/a_(b)?c=d&e")), ("- second",))),
            Quote("I can help\n# with this"),
        )
        assert messages.body(blocks, base_url="https://forum.example.com") == (
            "Hello [ann&lowbar;1](https://forum.example.com/u/ann_1), meet Bo &ast;the&ast; &lsqb;great&rsqb;!\n\n"
            "- first [here](https://m.example/a_%28b%29?c=d&e)\n- &#45; second\n\n> I can help\n> \uff03 with this"
        )

    @pytest.mark.parametrize(
        "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "/\\evil.example", "mailto:a@b.example", "", "https://", "http://[", "relative"]
    )
    def test_a_link_elsewhere_than_the_web_is_only_text(self, url: str) -> None:
        assert "](" not in messages.body((Paragraph((Link("here", url),)),))

    @given(HOSTILE, HOSTILE)
    def test_a_link_is_one_link_whatever_it_is_named(self, name: str, path: str) -> None:
        raw = messages.body((Paragraph((Words("see!"), Link(name, f"https://m.example/{path}"), Words("(x)"))),))
        assert raw.count("](") <= 1
        assert "![" not in raw
        assert not re.search(r"\]\([^)]*[\s<>\"\\]", raw)

    @given(st.lists(st.one_of(HOSTILE, HOSTILE.map(Words), HOSTILE.map(Mention)), max_size=4))
    def test_mentions_are_links_that_notify_nobody(self, parts: list[Inline]) -> None:
        raw = messages.body((Paragraph(tuple(parts)),))
        assert not re.search(r"@\w", re.sub(r"\]\([^)]*\)", "]", raw))

    def test_short_bodies_are_made_long_enough(self) -> None:
        for text in ("", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "HELLO EVERYBODY OUT THERE, HOW ARE YOU"):
            raw = messages.body((Paragraph((text,)),))
            assert len(raw) >= 20
            assert len(set(raw)) >= 10
            assert not raw.isupper()

    def test_long_bodies_end_between_blocks(self) -> None:
        raw = messages.body([Paragraph(("a word of many letters " * 100,))] * 50)
        assert len(raw) <= messages.MAX_RAW
        assert raw.endswith("letters")


def entry(
    name: str = "Mentor hour", description: str = "", *, zone: str = "Europe/Paris", url: str = "https://meet.example/x?a='b'", reminders: bool = True
) -> CalendarEntry:
    start, end = datetime(2026, 9, 1, 15, tzinfo=UTC), datetime(2026, 9, 1, 16, tzinfo=UTC)
    return CalendarEntry(name=name, start=start, end=end, timezone=zone, url=url, description=description, reminders=reminders)


class TestCalendar:
    def test_an_event_is_one_line_with_its_description_below(self) -> None:
        assert messages.body((entry(description="Bring [tea]"),)) == (
            '[event start="2026-09-01 17:00" end="2026-09-01 18:00" timezone="Europe/Paris" status="public" name="Mentor hour" '
            'location="https://meet.example/x?a=%27b%27" reminders="notification.15.minutes,notification.1.days"]\nBring &lsqb;tea&rsqb;\n[/event]'
        )

    @pytest.mark.parametrize("zone", ["", "Mars/Phobos", "../etc/passwd", 'UTC"]', "Europe"])
    def test_an_unknown_zone_is_written_in_utc(self, zone: str) -> None:
        assert 'start="2026-09-01 15:00" end="2026-09-01 16:00" timezone="UTC"' in messages.body((entry(zone=zone),))

    @given(HOSTILE, HOSTILE, HOSTILE)
    def test_no_name_or_description_ends_the_event(self, name: str, description: str, url: str) -> None:
        opening, *rest = messages.body((entry(name, description, url=f"https://meet.example/{url}"),)).split("\n")
        assert re.fullmatch(r'\[event(?: [a-z]+="[^"\[\]\n]*")+\]', opening)
        assert rest[-1] == "[/event]"
        for line in rest[:-1]:
            check_inert(line)

    def test_a_post_has_one_event_and_a_reply_none(self) -> None:
        assert messages.body((entry("One"), entry("Two"))).count("[event ") == 1
        assert "[event " not in messages.render(Reply(topic_id="9", body=(entry(),))).text

    def test_without_a_calendar_it_is_a_line(self) -> None:
        raw = messages.body((entry(description="Bring tea"),), calendar=False)
        assert raw == "[Mentor hour](https://meet.example/x?a=%27b%27): 2026-09-01 17:00 \u2013 2026-09-01 18:00 (Europe/Paris)\nBring tea"


class TestTitles:
    @given(HOSTILE | st.text(min_size=200, max_size=600))
    def test_any_text_becomes_a_title_that_the_forum_accepts(self, text: str) -> None:
        title = messages.title(text)
        assert 15 <= len(title) <= 255
        assert len(set(title)) >= 10
        assert max(map(len, title.split())) <= 31
        assert "\n" not in title
        assert not title.isupper()

    def test_a_good_title_stays_as_it_is(self) -> None:
        assert messages.title("Your first meeting with Ines") == "Your first meeting with Ines"

    @pytest.mark.parametrize(
        ("slug", "name"), [("Circle 7: Gärten!", "circle_7_g_rten"), ("a", "group_a"), ("", "group"), ("x" * 40, "x" * 20), ("--a__b--", "a_b")]
    )
    def test_names_of_groups(self, slug: str, name: str) -> None:
        assert messages.group_name(slug) == name

    @given(st.text(max_size=60))
    def test_names_of_groups_are_names(self, slug: str) -> None:
        assert re.fullmatch(r"[a-z0-9](?:_?[a-z0-9])+", messages.group_name(slug))
        assert 3 <= len(messages.group_name(slug)) <= 20


class TestRender:
    def test_every_kind_of_message_can_be_shown(self) -> None:
        body = (Paragraph(("A message of some length.",)),)
        direct = messages.render(DirectMessage(to=("ann", "bo"), title="Hello from your mentor", body=body))
        assert (direct.to, direct.title, direct.text) == ("ann, bo", "Hello from your mentor", "A message of some length.")
        assert messages.render(TopicMessage(space_id="6", title="Hello from your mentor", body=body)).to == "category 6"
        edited = messages.render(EditTopic(topic_id="9", title="Hello from your mentor", body=body))
        assert (edited.to, edited.title) == ("topic 9", "Hello from your mentor")
        assert messages.render(Reply(topic_id="9", body=body)).to == "topic 9"
        assert messages.render(CreateGroup(slug="owls", title="Owls", member_usernames=("ann",), owner_usernames=("bo",))).text == "bo, ann"
        assert messages.render(AddToGroup(group_id="4", usernames=("ann",))).text == "+ann"
        assert messages.render(RemoveFromGroup(group_id="4", usernames=("ann",))).text == "-ann"
        assert messages.render(GrantBadge(username="ann", badge_name="Mentor", reason="thanks")).title == "Mentor"
