"""The forum's memory in a file, and as one canonical JSON to compare."""

import os
import tempfile
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TypeVar

import orjson

from integrations.discourse.double.errors import Json
from integrations.discourse.double.forum import TABLES, Forum
from integrations.discourse.double.model import Post

Record = TypeVar("Record")
CONTENT = ("users", "categories", "tags", "topics", "posts", "groups", "memberships", "badges", "grants", "fields")


def dump(forum: Forum) -> bytes:
    """All tables as JSON."""
    body: Json = {name: list(getattr(forum, name).values()) for name in TABLES}
    body |= {"last_ids": forum.last_ids, "settings": forum.settings, "version": 1}
    return orjson.dumps(body, option=orjson.OPT_NON_STR_KEYS)


def restore(forum: Forum, data: bytes) -> None:
    """Replace all tables. Raises :class:`ValueError` for what :func:`dump` has not written."""
    found = orjson.loads(data)
    if not isinstance(found, dict) or found.get("version") != 1:
        raise ValueError("not a state file of this forum, or of another version; delete it to begin anew")
    for name, kind in TABLES.items():
        rows: list[object] = [_record(kind, row) for row in found.get(name, [])]
        key = {"tags": "name", "sessions": "token"}.get(name, "id")
        setattr(forum, name, {getattr(row, key): row for row in rows})
    for post in forum.posts.values():
        post.likes = {int(number): when for number, when in post.likes.items()}
    forum.last_ids = found["last_ids"]
    known = forum.settings.as_dict()
    forum.settings.change({name: value for name, value in found["settings"].items() if name in known})
    forum.reindex()


def _record(kind: type[Record], row: Json) -> Record:
    known = {column.name for column in fields(kind)}  # type: ignore[arg-type]  # every table holds dataclasses
    needed = {c.name for c in fields(kind) if c.default is MISSING and c.default_factory is MISSING}  # type: ignore[arg-type]  # as above
    if not needed <= set(row):
        raise ValueError(f"a {kind.__name__} lacks {sorted(needed - set(row))}")
    return kind(**{name: value for name, value in row.items() if name in known})


def save(forum: Forum, path: Path) -> None:
    """Write the state whole or not at all."""
    write(dump(forum), path)


def write(data: bytes, path: Path) -> None:
    """Put a file in place whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(data)
    os.replace(file.name, path)  # noqa: PTH105  # os.replace is the atomic one on every platform, and Path.replace calls it


def load(forum: Forum, path: Path) -> bool:
    """Read a state if it is there. ``False`` when it is not."""
    if not path.exists():
        return False
    restore(forum, path.read_bytes())
    return True


def canonical(forum: Forum, parts: tuple[str, ...] = CONTENT) -> Json:
    """The content in a fixed order, without what only says how it came about (views, reads, visits)."""
    body: Json = {}
    for name in parts:
        rows = [_plain(row) for row in getattr(forum, name).values()]
        body[name] = sorted(rows, key=lambda row: (str(type(row.get("id"))), row.get("id") if isinstance(row.get("id"), int) else 0, str(row.get("name"))))
    return body


def _plain(row: object) -> Json:
    found: Json = orjson.loads(orjson.dumps(row, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS))
    for name in ("views", "reads", "days_visited", "time_read", "last_seen_at") if not isinstance(row, Post) else ("reads",):
        found.pop(name, None)
    return found
