import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse.text import MAX_INPUT, MAX_MENTIONS, plain_cooked, plain_raw

SAME = [
    ("Hello **big** _world_", "<p>Hello <strong>big</strong> <em>world</em></p>", "Hello big world"),
    ("# Head\n\nBody", "<h1>Head</h1><p>Body</p>", "Head Body"),
    ("- one\n- two\n\n1. three", "<ul><li>one</li><li>two</li></ul><ol><li>three</li></ol>", "one two three"),
    ('A [guide](https://x.example/a_(b) "t") here', '<p>A <a href="https://x.example/a_(b)" title="t">guide</a> here</p>', "A guide here"),
    ("See https://x.example/?q=secret now", '<p>See <a href="https://x.example/?q=secret">https://x.example/?q=secret</a> now</p>', "See now"),
    ("Mail me@mail.example now", '<p>Mail <a href="mailto:me@mail.example">me@mail.example</a> now</p>', "Mail now"),
    (
        "![my cat|690x388](upload://abc.png) purrs",
        '<p><div class="lightbox-wrapper"><a><img alt="my cat"><div class="meta"><span>my cat</span></div></a></div> purrs</p>',
        "purrs",
    ),
    ("Use `pip install` today", "<p>Use <code>pip install</code> today</p>", "Use pip install today"),
    ("Use `a = b + c; run()` today", "<p>Use <code>a = b + c; run()</code> today</p>", "Use today"),
    ("Use `List<int>` today", "<p>Use <code>List&lt;int&gt;</code> today</p>", "Use List int today"),
    ("Before\n```py\nx = 1\n```\nafter", '<p>Before</p><pre><code class="lang-py">x = 1</code></pre><p>after</p>', "Before after"),
    ("> quoted\n\nmine", "<blockquote><p>quoted</p></blockquote><p>mine</p>", "mine"),
    (
        '[quote="ann, post:1, topic:2"]\nold\n[quote]\ninner\n[/quote]\n[/quote]\n\nmine',
        '<aside class="quote" data-username="ann"><div>ann:</div><blockquote><p>old</p><aside><p>inner</p></aside></blockquote></aside><p>mine</p>',
        "mine",
    ),
    ("Good :smile: day :+1:", '<p>Good <img src="/e.png" class="emoji" alt=":smile:"> day <img class="emoji" alt=":+1:"></p>', "Good day"),
    ("At 10:30:45 sharp", "<p>At 10:30:45 sharp</p>", "At 10:30:45 sharp"),
    ("Fish &amp; chips \\*now\\*", "<p>Fish &amp; chips *now*</p>", "Fish & chips *now*"),
    ("snake_case stays", "<p>snake_case stays</p>", "snake_case stays"),
    ('[details="More"]\ninside\n[/details]', "<details><summary></summary><p>inside</p></details>", "inside"),
    ("| a | b |\n|---|---|\n| c | d |", '<div class="md-table"><table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td>d</td></tr></table></div>', "a b c d"),
    ("a<br>b <!-- hidden --> <b>c</b>", "<p>a<br>b  <b>c</b></p>", "a b c"),
    ("Zażółć gęślą जाभाषा 日本語", "<p>Zażółć gęślą जाभाषा 日本語</p>", "Zażółć gęślą जाभाषा 日本語"),
    ("[see below] please", "<p>[see below] please</p>", "[see below] please"),
    ("word [quote] literal", "<p>word [quote] literal</p>", None),
    ("", "", ""),
]


@pytest.mark.parametrize(("raw", "cooked", "words"), SAME)
def test_source_and_page_give_the_same_words(raw: str, cooked: str, words: str | None) -> None:
    if words is not None:
        assert plain_raw(raw).text == words
        assert plain_cooked(cooked).text == words


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("text\n\n    indented code\n\nmore", "text more"),
        ("- item\n\n    its second paragraph", "item its second paragraph"),
        ("text\n    lazy continuation", "text lazy continuation"),
        ("a\n~~~~\ncode\n~~~\nstill code\n~~~~\nb", "a b"),
        ("a\n```\nnever closed", "a"),
        ("[code]x = 1[/code] after", "after"),
        ("before [quote]one line[/quote] after", "before after"),
        ("before [quote] nobody closes this", "before nobody closes this"),
        ("> quoted\nlazy line of the quote\n\nmine", "mine"),
        ("see [the guide][1]\n\n[1]: https://x.example/secret", "see the guide"),
        ("<https://x.example/secret> and <me@mail.example> end", "and end"),
        ("`one ``two`` three", "`one two three"),
        ("a `b`` c", "a `b`` c"),
        ('[date=2026-09-01 time=10:00:00 timezone="UTC"] it is', "it is"),
        ("<script>alert(1)</script>end", "end"),
        ("x < y and y > z", "x < y and y > z"),
    ],
)
def test_words_of_a_source(raw: str, words: str) -> None:
    assert plain_raw(raw).text == words


def test_mentions_are_names_and_not_words() -> None:
    raw = "@ann and @bob.smith, @bob.smith! (@zoë-x) mail a@mail.example\n\n> @quoted\n\n`@code here`\n```\n@fenced\n```"
    assert plain_raw(raw).mentions == ("ann", "bob.smith", "zoë-x")
    assert "ann" not in plain_raw(raw).text
    cooked = '<p><a class="mention" href="/u/ann">@ann</a> and <span class="mention">@bob.smith</span>.</p><blockquote>@quoted</blockquote><pre>@fenced</pre>'
    assert plain_cooked(cooked).mentions == ("ann", "bob.smith")


def test_what_cannot_be_seen_is_gone() -> None:
    assert plain_raw("pay\u202egnp \u200bin\u00advisible\x00 \U000e0041tag").text == "paygnp invisible tag"


def test_words_are_not_shown_in_a_representation() -> None:
    assert "private" not in repr(plain_raw("private words"))


UNITS = [
    "<",
    "[",
    "`x",
    "![",
    "[a](",
    "&",
    "&#9",
    "@a",
    "a@",
    ":a",
    "[quote]",
    "[/quote]",
    "_",
    ">",
    "<!--",
    "<code>",
    "<code>a</code>",
    "http://",
    "a+",
    "[a](((",
    "[a]:",
    "a.",
    "mailto:",
    "<div>",
    "</div>",
    "\\",
    "|",
    "~",
    "1)",
    "a@b.",
    "&lt;",
]
SPACED = ["<a ", "[quote ", "_ ", " ", "\n", "<!-- -->", "```\n", '<p class="a', "- ", "# ", "[a "]
LONG = [
    "&#" + "9" * 99_000 + ";",
    "<a" + " " * 99_000,
    ":" + "a" * 99_000,
    "[" * 50_000 + "]" * 50_000,
    "".join("`" * (index % 300) + "x" for index in range(500)),
]
HOSTILE = [*(unit * (MAX_INPUT // len(unit)) for unit in UNITS + SPACED), *LONG]


@pytest.mark.slow
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_the_time_is_linear(hostile: str) -> None:
    start = time.process_time()
    plain_raw(hostile)
    plain_cooked(hostile)
    assert time.process_time() - start < 2, "100 000 characters take milliseconds; quadratic ways take minutes"


@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(["`", "```", "\n", "[quote]", "[/quote]", "<p>", "</p>", "<!--", "@a", "&#x", "> ", "x", " ", "[", "](", ")", "    "]), max_size=60
    ).map("".join)
)
def test_no_input_is_too_odd(text: str) -> None:
    for plain in (plain_raw(text), plain_cooked(text)):
        assert "\n" not in plain.text
        assert plain.text == " ".join(plain.text.split())
        assert len(plain.text) <= len(text) * 8
        assert len(plain.mentions) <= MAX_MENTIONS
