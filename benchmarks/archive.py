"""A community's public archive, one topic a line in the keys of Discourse's topic JSON, as facts for the graph."""

import datetime as dt
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from plugin.graph import text
from plugin.graph.facts import PostFact

KEY = b"a key that is the same in each run"
MAX_TEXT = 4_000


@dataclass(frozen=True)
class Opening:
    """A topic as it was when it was asked, and who replied to it."""

    topic_id: str
    at: float
    asker: int
    words: str
    terms: dict[int, int]
    category: str | None
    tags: tuple[str, ...]
    named: tuple[int, ...]
    repliers: tuple[int, ...]


@dataclass(frozen=True)
class Archive:
    """Topics by the time of their first post, posts by their own time. Members are numbered in order of appearance."""

    openings: list[Opening]
    posts: list[PostFact]
    texts: list[str]
    members: int

    def shared_words(self, *, until: float) -> dict[int, str]:
        """The terms, with their words, that three members had used by a moment."""
        users: dict[int, set[int]] = {}
        words: dict[int, str] = {}
        for post, own in zip(self.posts, self.texts, strict=True):
            if post.at < until:
                for term, word in text.words_of(own, key=KEY).items():
                    users.setdefault(term, set()).add(post.author)
                    words.setdefault(term, word.lower())
        return {term: words[term] for term, found in users.items() if len(found) >= 3}


class _Plain(HTMLParser):
    """The words of a rendered post without code blocks and quotes of others, and whom it mentions."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.mentions: list[str] = []
        self._mentioning = False
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        self._mentioning = tag in ("a", "span") and "mention" in classes
        quote = tag == "aside" and "quote" in classes
        if tag == "pre" or quote or (self._hidden and tag == self._hidden[-1]):
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if self._mentioning and not self._hidden:
            self.mentions.append(data.strip().removeprefix("@"))
        self._mentioning = False
        if not self._hidden:
            self.pieces.append(data)


def plain(html: str) -> tuple[str, list[str]]:
    """The words of a rendered post, and the names that it mentions."""
    parser = _Plain()
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(parser.pieces).split())[:MAX_TEXT], parser.mentions


class Unreadable(Exception):
    """The file is no archive; the text says where and why."""


def read(path: Path) -> Archive:
    """Read an archive, packed or plain. Topics without posts are left out; the first post of a topic is its question. Raises :class:`Unreadable`."""
    topics = sorted(_topics(path), key=lambda topic: _seconds(topic["posts"][0]["created_at"]))
    if not topics:
        raise Unreadable(f"{path}: there is no topic with a post in it")
    names = dict.fromkeys(post["username"] for topic in topics for post in topic["posts"])
    members = {name: number for number, name in enumerate(names)}
    openings, rows = [], []
    for topic in topics:
        asker = members[topic["posts"][0]["username"]]
        facts = list(_facts(topic, asker, members))
        rows += facts
        first, words = facts[0]
        words = f"{topic['title']} {words}"  # the title counts twice in a question
        repliers = tuple(fact.author for fact, _ in facts[1:])
        openings.append(Opening(first.topic_id, first.at, asker, words, dict(first.terms), first.category, first.tags, first.mentions, repliers))
    rows.sort(key=lambda row: row[0].at)
    return Archive(openings, [fact for fact, _ in rows], [words for _, words in rows], len(members))


def _topics(path: Path) -> Iterator[dict[str, Any]]:
    """Each topic once, with the posts that have an author and a time, in the order of the file."""
    seen: set[str] = set()
    try:
        for number, line in enumerate(_lines(path), start=1):
            if not line.strip():
                continue
            try:
                topic = _topic(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
                raise Unreadable(f"{path}, line {number}: this is no topic ({type(error).__name__}: {error})") from error
            if topic["posts"] and str(topic["id"]) not in seen:
                seen.add(str(topic["id"]))
                yield topic
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise Unreadable(f"{path} cannot be read: {error}") from error


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt", encoding="utf-8") if packed else path.open(encoding="utf-8") as lines:
        yield from lines


def _topic(raw: dict[str, Any]) -> dict[str, Any]:
    """A topic with everything that is needed of it. Raises what :func:`_topics` turns into a sentence."""
    posts: dict[str, dict[str, Any]] = {}
    for place, post in enumerate(raw["posts"] or ()):
        if not post.get("username") or not post.get("created_at"):
            continue  # of an account that is gone, or none of anybody's
        _seconds(post["created_at"])
        whole = {"cooked": "", "reply_to_post_number": None, "post_number": place + 1, "id": f"{raw['id']}.{place}"}
        whole |= {name: value for name, value in post.items() if value is not None}
        posts.setdefault(str(whole["id"]), whole)
    return {
        "id": raw["id"],
        "title": str(raw.get("title") or ""),
        "category_id": raw.get("category_id"),
        "tags": raw.get("tags"),
        "posts": list(posts.values()),
    }


def _facts(topic: dict[str, Any], asker: int, members: dict[str, int]) -> Iterator[tuple[PostFact, str]]:
    authors: dict[int, int] = {}
    for index, post in enumerate(topic["posts"]):
        author = authors[post["post_number"]] = members[post["username"]]
        words, mentions = plain(post["cooked"])
        terms = text.term_counts(words, key=KEY)
        if index == 0:
            for term, count in text.term_counts(topic["title"], key=KEY).items():
                terms[term] = terms.get(term, 0) + 2 * count
        fact = PostFact(
            post_id=str(post["id"]),
            topic_id=str(topic["id"]),
            author=author,
            at=_seconds(post["created_at"]),
            number=1 if index == 0 else max(2, post["post_number"]),
            asker=asker,
            reply_to_author=authors.get(post["reply_to_post_number"] or 0),
            terms=terms,
            category=str(topic["category_id"]) if topic.get("category_id") is not None else None,
            tags=tuple(str(tag["name"] if isinstance(tag, dict) else tag) for tag in topic.get("tags") or ()),
            mentions=tuple(sorted({members[name] for name in mentions if name in members} - {author})),
        )
        yield fact, f"{topic['title']} {words}"


def _seconds(stamp: str) -> float:
    found = dt.datetime.fromisoformat(stamp)
    return (found if found.tzinfo is not None else found.replace(tzinfo=dt.UTC)).timestamp()
