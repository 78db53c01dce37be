"""The command line in this process, beside a forum in a thread."""

import io
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
import structlog

from integrations.discourse.double.process import double_thread
from plugin.cli import main

KEY = "a key for the tests that is long enough"


@dataclass(frozen=True)
class Done:
    """What a command left."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON object of a command that went well."""
        assert self.status == 0, self.err
        assert self.out.endswith("\n")
        assert "\n" not in self.out[:-1]
        return json.loads(self.out)

    @property
    def reason(self) -> str:
        """The one line of a command that failed."""
        assert self.status != 0, self.out
        assert "Traceback" not in self.err
        lines = self.err.splitlines()
        assert len(lines) == 1, self.err
        assert lines[0].startswith("mentorgraph: ")
        return lines[0].removeprefix("mentorgraph: ")


@dataclass
class Line:
    """The command line of one operator."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.folder / "mentorgraph.db"

    def __call__(self, *arguments: str | Path, given: str = "", **environment: str) -> Done:
        """Run a command; ``given`` is on its standard input."""
        values = {"MENTORGRAPH_DATABASE_URL": f"sqlite:///{self.database}", "MENTORGRAPH_SECRET_KEYS": KEY, **self.environment, **environment}
        with self.monkeypatch.context() as patch:
            for name, value in values.items():
                patch.setenv(name, value)
            patch.setenv("COLUMNS", "200")
            patch.setattr("sys.stdin", io.StringIO(given))
            self.capsys.readouterr()
            with pytest.raises(SystemExit) as caught:
                main([str(one) for one in arguments])
            found = self.capsys.readouterr()
        return Done(int(caught.value.code or 0), found.out, found.err)


@dataclass
class Forum:
    """A forum in a thread."""

    url: str
    key: str

    def ask(self, name: str, values: object) -> Any:
        answer = httpx2.post(f"{self.url}/_double/{name}", json=values, timeout=60, trust_env=False)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def act(self, act: str, **values: object) -> Any:
        return self.ask("act", {"act": act, **values})

    def calls(self) -> Any:
        """The calls since this was asked before, by route."""
        return httpx2.get(f"{self.url}/_double/calls?reset=1", timeout=60, trust_env=False).json()

    def hooks(self) -> list[Any]:
        """The webhooks that an admin of the forum sees."""
        answer = httpx2.get(f"{self.url}/admin/api/web_hooks.json", headers={"Api-Key": self.key, "Api-Username": "system"}, trust_env=False)
        return list(answer.json()["web_hooks"])


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands set up logging for their own standard error."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Line:
    """A command line without a database."""
    monkeypatch.chdir(tmp_path)
    return Line(monkeypatch, capsys, tmp_path)


@pytest.fixture
def fresh(line: Line, sqlite_template: Path) -> Line:
    """A command line with an empty database."""
    shutil.copyfile(sqlite_template, line.database)
    return line


def _forum(*, demo: bool) -> Iterator[Forum]:
    with double_thread() as url:
        forum = Forum(url, "")
        forum.ask("settings", {"admin_api_per_minute": 0})
        if demo:
            forum.ask("load", {"demo": True, "webhooks": False})
        forum.key = str(forum.act("api_key")["key"])
        yield forum


@pytest.fixture
def forum() -> Iterator[Forum]:
    """A forum of its own."""
    yield from _forum(demo=False)


@pytest.fixture(scope="module")
def demo_forum() -> Iterator[Forum]:
    """The forum of the demo, for all tests of a module."""
    yield from _forum(demo=True)


def reach(line: Line, forum: Forum) -> Line:
    """Let the service reach the forum."""
    line.environment |= {"MENTORGRAPH_ALLOW_PRIVATE": urlsplit(forum.url).netloc, "MENTORGRAPH_API_KEY": forum.key}
    return line


@pytest.fixture(scope="module")
def connected_database(demo_forum: Forum, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the demo forum in it, to be copied."""
    folder = tmp_path_factory.mktemp("connected")
    shutil.copyfile(sqlite_template, folder / "mentorgraph.db")
    with pytest.MonkeyPatch.context() as patch:
        values = {
            "MENTORGRAPH_DATABASE_URL": f"sqlite:///{folder / 'mentorgraph.db'}",
            "MENTORGRAPH_SECRET_KEYS": KEY,
            "MENTORGRAPH_ALLOW_PRIVATE": urlsplit(demo_forum.url).netloc,
            "MENTORGRAPH_API_KEY": demo_forum.key,
        }
        for name, value in values.items():
            patch.setenv(name, value)
        with pytest.raises(SystemExit) as caught:
            main(["connect", "discourse", demo_forum.url, "--requests-per-minute", "6000", "--json", "--set", "opt_in_field=3"])
        assert caught.value.code == 0
    with closing(sqlite3.connect(folder / "mentorgraph.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder / "mentorgraph.db"


@pytest.fixture
def connected(line: Line, demo_forum: Forum, connected_database: Path) -> Line:
    """A command line with the demo forum connected and read."""
    shutil.copyfile(connected_database, line.database)
    return reach(line, demo_forum)
