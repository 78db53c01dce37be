"""The pages that people see."""

import re

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse.double.forum import Forum
from integrations.discourse.double.text import cook, mentions, slugify

HTML = {"Accept": "text/html"}


async def log_in(client: httpx2.AsyncClient, username: str) -> str:
    response = await client.post("/login", data={"username": username})
    assert response.status_code == 303
    page = await client.get("/", headers=HTML)
    token = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert token is not None
    return token[1]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/", 200, "How would you do this here?"),
        ("/new", 200, "The hour of the mentors"),
        ("/top", 200, "solved"),
        ("/categories", 200, "Ask here"),
        ("/c/help/4", 200, "How would you do this here?"),
        ("/c/mentors-only/5", 404, "private"),
        ("/tag/howto", 200, "#howto"),
        ("/t/how-would-you-do-this-here/1", 200, "Accepted answer"),
        ("/t/1/2", 200, "I would do it like"),
        ("/t/x/2", 404, "private"),
        ("/u", 200, "@alice"),
        ("/u/bobby", 200, "Guide"),
        ("/u/nobody", 404, "private"),
        ("/u/alice/messages", 404, "private"),
        ("/g", 200, "Mentors"),
        ("/g/mentors", 200, "owner"),
        ("/login", 200, "choose whom you want to be"),
        ("/signup", 200, "What can you help with?"),
        ("/search?q=how+would", 200, "How would you do this here?"),
        ("/about", 200, "moderator"),
        ("/nowhere", 404, "exist"),
    ],
)
async def test_pages_for_everybody(anonymous: httpx2.AsyncClient, path: str, status: int, words: str) -> None:
    response = await anonymous.get(path, headers=HTML)
    assert response.status_code == status
    assert words in response.text
    assert response.text.count("<h1") == 1
    assert "Between us" not in response.text


async def test_a_member_asks_answers_likes_and_accepts(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    token = await log_in(anonymous, "dave")

    async def send(path: str, **fields: str) -> httpx2.Response:
        return await anonymous.post(path, data=fields | {"authenticity_token": token})

    asked = await send("/new-topic", title="A question from the page", raw="The text of it is long enough.", category="4", tags="one, two")
    assert asked.status_code == 303
    topic = max(forum.topics.values(), key=lambda item: item.id)
    assert (topic.user_id, topic.category_id, topic.tags) == (4, 4, ["one", "two"])
    assert (await send("/do/like", post_id="1")).status_code == 303
    assert 4 in forum.posts[1].likes
    forum.clock.advance(30)
    assert (await send("/do/reply", topic_id=str(topic.id), raw="And the answer is long enough.")).status_code == 303
    answer = forum.posts[max(forum.posts)]
    assert (await send("/do/accept", post_id=str(answer.id))).status_code == 303
    assert topic.accepted_post_id == answer.id
    assert (await send("/do/preferences", name="Dave D", field_1="Gardens", field_2="")).status_code == 303
    assert (forum.users[4].name, forum.users[4].user_fields["1"]) == ("Dave D", "Gardens")
    assert (await send("/new-message", to="alice", title="Hello", raw="A message from the page.")).status_code == 303
    assert "Hello" in (await anonymous.get("/u/dave/messages", headers=HTML)).text
    refused = await send("/do/reply", topic_id="2", raw="Not for me to answer here.")
    assert refused.status_code == 404
    short = await send("/do/reply", topic_id="1", raw="short")
    assert (short.status_code, "Body is too short" in short.text) == (422, True)
    assert (await send("/logout")).headers["location"] == "/"
    assert not forum.sessions


async def test_writes_need_the_token_of_the_session(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    assert (await anonymous.post("/do/reply", data={"topic_id": "1", "raw": "x"})).headers["location"] == "/login"
    token = await log_in(anonymous, "dave")
    assert (await anonymous.post("/do/like", data={"post_id": "1"})).status_code == 403
    refused = await anonymous.post("/post_actions.json", json={"id": 1, "post_action_type_id": 2})
    assert (refused.status_code, refused.json()) == (403, {"errors": ["BAD CSRF"]})
    assert (await anonymous.get("/session/csrf.json")).json() == {"csrf": token}
    taken = await anonymous.post("/post_actions.json", json={"id": 1, "post_action_type_id": 2}, headers={"X-CSRF-Token": token})
    assert taken.status_code == 200
    assert 4 in forum.posts[1].likes


async def test_sign_up_on_the_page(anonymous: httpx2.AsyncClient, forum: Forum) -> None:
    sent = {"username": "erin", "email": "erin@example.org", "name": "Erin", "field_1": "Bread"}
    assert (await anonymous.post("/signup", data=sent)).status_code == 303
    erin = forum.user_named("erin")
    assert erin is not None
    assert (erin.active, erin.user_fields["1"]) == (True, "Bread")


async def test_log_in_goes_only_to_this_forum(anonymous: httpx2.AsyncClient) -> None:
    response = await anonymous.post("/login", data={"username": "dave", "back": "//evil.example"})
    assert response.headers["location"] == "/"


async def test_the_places_for_components_are_there(anonymous: httpx2.AsyncClient) -> None:
    assert 'id="topic-list-plugin"' in (await anonymous.get("/", headers=HTML)).text
    assert "frame-ancestors 'self'" in (await anonymous.get("/", headers=HTML)).headers["content-security-policy"]


@pytest.mark.parametrize(
    ("raw", "cooked"),
    [
        ("a **b** *c* `d*`", "<p>a <strong>b</strong> <em>c</em> <code>d*</code></p>"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>"),
        ("# Head", "<h1>Head</h1>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("```py\na < b\n```", '<pre><code class="lang-py">a &lt; b\n</code></pre>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](https://a.example/)", '<p><a href="https://a.example/" rel="noopener nofollow ugc">x</a></p>'),
        ("\\*not\\* \\[x\\]", "<p>*not* [x]</p>"),
        ("hi @alice, a@b.example", '<p>hi <a class="mention" href="/u/alice">@alice</a>, a@b.example</p>'),
        ('[quote="alice, post:1, topic:2"]\nq\n[/quote]\nr', None),
    ],
)
def test_markdown(raw: str, cooked: str | None) -> None:
    made = cook(raw, known=lambda name: f"/u/{name}" if name == "alice" else None)
    if cooked is None:
        assert '<aside class="quote" data-username="alice" data-post="1" data-topic="2">' in made
    else:
        assert made == cooked


PIECES = [*"ab<>\"'&*_`[]()@#!-\n\\:/=\x00\x01 ", "http://", "javascript:", "[quote", "[/quote]", "[event ", "](", "![", "onload="]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_markdown_lets_no_markup_of_its_author_through(raw: str) -> None:
    made = cook(raw)
    tags = re.findall(r"<\s*/?\s*([a-zA-Z0-9]*)", made)
    assert set(tags) <= {"p", "strong", "em", "code", "pre", "a", "img", "ul", "ol", "li", "br", "hr", "span", "div", "aside", "blockquote"} | {
        f"h{n}" for n in range(1, 7)
    }
    for name, value in re.findall(r'\s(href|src)="([^"]*)"', made):
        assert value.startswith(("http://", "https://", "mailto:", "/")), (name, value)
    assert not re.search(r"<[^>]*\son\w+=", made)


def test_mentions_count_outside_of_code_and_quotes() -> None:
    assert mentions('@a `@b`\n> @c\n[quote="x"]@d[/quote] @e.') == ["a", "e"]


def test_slugs() -> None:
    assert [slugify(text) for text in ("Hello, World!", "Ünïcode it's", "???")] == ["hello-world", "unicode-its", "topic"]
