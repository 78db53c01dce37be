"""Every command with input that is right and input that is wrong."""

import asyncio
import hmac
import json
import os
import socket
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
import typer

from integrations.servers import free_port
from mentorgraph.host import HostUnreachable
from plugin.app import compose
from plugin.cli.common import AT_A_PROMPT, counted
from plugin.cli.main import app
from plugin.settings import Settings
from plugin.worker import Worker
from tests.plugin.cli.conftest import KEY, Forum, Line, reach

COMMANDS = {
    *("serve", "worker", "migrate", "connect", "disconnect", "configure", "reconcile", "replay"),
    *("token", "export", "erase", "deliveries", "messages", "doctor", "demo"),
}
OPTIONS = {
    "serve": {"--host", "--port", "--workers"},
    "connect": {"--name", "--category", "--json"},
    "disconnect": {"--erase", "--json"},
    "replay": {"--installation", "--clock", "--json"},
    "create": {"--installation", "--member", "--scope", "--json"},
    "deliveries": {"--failed", "--retry", "--json"},
    "messages": {"--dry-run", "--json"},
    "doctor": {"--json"},
    "migrate": {"--json"},
    "reconcile": {"--json"},
    "erase": {"--json"},
}


def _commands() -> dict[str, set[str]]:
    """Every command and its options and arguments."""
    found: dict[str, set[str]] = {}
    root = typer.main.get_command(app)
    waiting = dict(getattr(root, "commands", {}))
    while waiting:
        name, one = waiting.popitem()
        waiting |= getattr(one, "commands", {})
        found[name] = {word for parameter in one.params for word in (*parameter.opts, *parameter.secondary_opts)}
    return found


def test_every_command_and_option_of_the_contract_is_there() -> None:
    found = _commands()
    assert found.keys() >= COMMANDS
    for name, options in OPTIONS.items():
        assert options <= found[name], name


def test_no_secret_is_an_argument() -> None:
    """Every process on a machine can read the arguments of every other."""
    for name, words in _commands().items():
        assert not {word for word in words if any(part in word.lower() for part in ("key", "secret", "password", "token"))}, name


@pytest.mark.parametrize("name", [*sorted(COMMANDS), "token create"])
def test_every_command_has_a_help_text(line: Line, name: str) -> None:
    found = line(*name.split(), "--help")
    assert found.status == 0
    assert name in found.out


def test_nothing_asked_shows_what_there_is(line: Line) -> None:
    found = line()
    assert found.status == 0
    assert "connect" in found.out


@pytest.mark.parametrize(
    "words",
    [
        "nonsense",
        "connect",
        "connect discourse",
        "disconnect",
        "disconnect x",
        "serve --port 0",
        "serve --port 99999",
        "serve --port x",
        "serve --workers 0",
        "migrate --nonsense",
        "token",
        "token nonsense",
        "export",
        "replay",
        "replay nothing.jsonl",
        "deliveries --limit 0",
        "reconcile x",
        "token create --days -1",
        "demo --port 0",
    ],
)
def test_wrong_usage_is_one_line(line: Line, words: str) -> None:
    found = line(*words.split())
    assert found.status == 2
    assert found.reason
    assert found.out == ""


# ---------------------------------------------------------------------------------------------------------------------- settings and databases


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEYS", "", "MENTORGRAPH_SECRET_KEYS is empty"),
        ("SECRET_KEYS", "short", "shorter than 16"),
        ("SECRET_KEYS", "a key that is long enough,short", "shorter than 16"),
        ("DATABASE_URL", "mysql://x", "MENTORGRAPH_DATABASE_URL must begin"),
        ("DATABASE_URL", "sqlite:////nonexistent/folder/x.db", "does not exist"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/x", "does not answer"),
        ("PUBLIC_URL", "mentors.example.org", "MENTORGRAPH_PUBLIC_URL must look like"),
        ("PUBLIC_URL", "ftp://x", "MENTORGRAPH_PUBLIC_URL must look like"),
        ("LOG_LEVEL", "loud", "MENTORGRAPH_LOG_LEVEL must be"),
        ("RECONCILE_MINUTES", "1", "MENTORGRAPH_RECONCILE_MINUTES"),
        ("RECONCILE_MINUTES", "x", "MENTORGRAPH_RECONCILE_MINUTES"),
    ],
)
def test_a_wrong_setting_is_named(line: Line, name: str, value: str, says: str) -> None:
    for command in ("migrate", "doctor"):
        assert says in line(command, **{f"MENTORGRAPH_{name}": value}).reason


def test_secrets_are_not_in_what_is_said(line: Line) -> None:
    assert "hunter2" not in line("migrate", MENTORGRAPH_SECRET_KEYS="hunter2").err
    assert "hunter2" not in line("doctor", MENTORGRAPH_DATABASE_URL="postgresql://u:hunter2@127.0.0.1:1/x").err


@pytest.mark.slow
def test_migrating_twice_is_once(line: Line) -> None:
    first = line("migrate", "--json").json
    assert line("migrate", "--json").json == first
    assert "is at version" in line("migrate").out


@pytest.mark.parametrize(
    "command",
    ["doctor", "deliveries", "messages", "reconcile", "export x", "erase x --yes", "token create", "serve --port 48123", "disconnect 1", "configure a=b"],
)
def test_without_a_database_one_is_told_to_migrate(line: Line, command: str) -> None:
    assert "run `mentorgraph migrate`" in line(*command.split()).reason
    assert not line.database.exists()


def test_a_database_of_another_version_is_not_touched(fresh: Line) -> None:
    with closing(sqlite3.connect(fresh.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0000'")
        connection.commit()
    assert "run `mentorgraph migrate`" in fresh("doctor").reason
    with closing(sqlite3.connect(fresh.database)) as connection:
        connection.execute("DROP TABLE alembic_version")
        connection.commit()
    assert "migrate" in fresh("doctor").reason


def test_a_file_that_is_no_database_is_said_so(line: Line) -> None:
    line.database.write_text("this is a letter, not a database\n" * 100)
    for command in ("doctor", "migrate"):
        assert line(command).reason
    assert line.database.read_text().startswith("this is a letter")


def test_a_folder_in_the_place_of_the_database_is_said_so(line: Line) -> None:
    line.database.mkdir()
    for command in ("doctor", "migrate"):
        assert line(command).reason


@pytest.mark.slow
def test_a_database_sealed_with_another_key_is_said_so(connected: Line) -> None:
    reason = connected("reconcile", MENTORGRAPH_SECRET_KEYS="quite another key than before").reason
    assert "MENTORGRAPH_SECRET_KEYS" in reason


# ---------------------------------------------------------------------------------------------------------------------- serving


def test_a_taken_port_is_said_so(fresh: Line) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"port {port} on 127.0.0.1 is taken" in fresh("serve", "--port", str(port)).reason
        assert f"port {port} is taken" in fresh("demo", "--port", str(port)).reason
        assert f"port {port} is taken" in fresh("demo", "--port", str(free_port()), "--forum-port", str(port)).reason


def test_sqlite_serves_one_process(fresh: Line) -> None:
    assert "PostgreSQL" in fresh("serve", "--workers", "2").reason
    assert "PostgreSQL" in fresh("worker").reason


def test_an_address_that_is_not_ours_cannot_be_listened_on(fresh: Line) -> None:
    assert fresh("serve", "--host", "192.0.2.1").reason
    assert fresh("serve", "--host", "no such host").reason


def test_the_demo_needs_a_folder_it_can_write(line: Line) -> None:
    (line.folder / "file").write_text("")
    assert "--folder" in line("demo", "--folder", str(line.folder / "file" / "x"), "--port", "18999", "--forum-port", "18998").reason


# ---------------------------------------------------------------------------------------------------------------------- connecting


@pytest.mark.slow
def test_what_is_to_be_done_is_said_though_the_reading_failed(fresh: Line, forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise HostUnreachable("the forum went away")

    monkeypatch.setattr("plugin.cli.communities.read_whole", broken)
    found = reach(fresh, forum)("connect", "discourse", forum.url)
    assert (found.status, found.reason) == (1, "the forum went away")
    assert "discourse connect provider" in found.out


@pytest.mark.slow
def test_a_forum_is_connected_and_let_go_without_a_trace(fresh: Line, forum: Forum) -> None:
    reach(fresh, forum)
    made = fresh("connect", "discourse", f"{forum.url}/", "--name", "Ours", "--requests-per-minute", "6000", "--json").json
    assert made["hook_url"] == f"http://127.0.0.1:8000/hooks/{made['installation']}/"
    assert any("discourse connect provider" in line for line in made["to_do"])
    assert made["report"]["whole"] is True
    assert {one["payload_url"] for one in forum.hooks()} == {made["hook_url"]}
    assert "is connected already" in fresh("connect", "discourse", forum.url).reason
    assert len(forum.hooks()) > 0
    kept = fresh.database.read_bytes() + Path(f"{fresh.database}-wal").read_bytes() if Path(f"{fresh.database}-wal").exists() else fresh.database.read_bytes()
    assert forum.key.encode() not in kept, "the key is sealed"
    gone = fresh("disconnect", str(made["installation"]), "--erase", "--json").json
    assert gone == {"installation": made["installation"], "erased": True, "left": []}
    assert forum.hooks() == []
    assert "there is no installation" in fresh("disconnect", str(made["installation"])).reason
    with closing(sqlite3.connect(fresh.database)) as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name != 'alembic_version'")
        ]
        assert {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables} == dict.fromkeys(tables, 0)


@pytest.mark.slow
def test_people_are_told_what_is_left_to_do(fresh: Line, forum: Forum) -> None:
    found = reach(fresh, forum)("connect", "discourse", forum.url, "--no-import")
    assert found.status == 0, found.err
    assert "Still to be done in the community" in found.out
    assert "Deliveries come to http://127.0.0.1:8000/hooks/" in found.out
    assert forum.key not in found.out + found.err


@pytest.mark.slow
def test_a_forum_that_was_let_go_can_be_connected_again(fresh: Line, forum: Forum) -> None:
    reach(fresh, forum)
    first = fresh("connect", "discourse", forum.url, "--no-import", "--json").json["installation"]
    assert fresh("disconnect", str(first), "--json").json["left"] == []
    assert forum.hooks() == []
    assert "key" in fresh("connect", "discourse", forum.url, MENTORGRAPH_API_KEY="0" * 64).reason.lower()
    assert forum.hooks() == []
    again = fresh("connect", "discourse", forum.url, "--no-import", "--json").json
    assert again["installation"] == first, "its keys stay, so that whoever was erased stays erased"
    assert {one["payload_url"] for one in forum.hooks()} == {again["hook_url"]}
    assert "is connected already" in fresh("connect", "discourse", forum.url).reason


@pytest.mark.slow
def test_the_key_comes_from_standard_input_too(fresh: Line, forum: Forum) -> None:
    reach(fresh, forum).environment.pop("MENTORGRAPH_API_KEY")
    assert "MENTORGRAPH_API_KEY" in fresh("connect", "discourse", forum.url).reason
    assert "MENTORGRAPH_API_KEY" in fresh("connect", "discourse", forum.url, given="\n").reason
    assert fresh("connect", "discourse", forum.url, "--no-import", "--json", given=f"{forum.key}\n").json["installation"]


def _nothing_was_kept(line: Line) -> None:
    with closing(sqlite3.connect(line.database)) as connection:
        assert connection.execute("SELECT count(*) FROM installations").fetchone() == (0,)


def test_a_wrong_key_leaves_nothing_anywhere(fresh: Line, forum: Forum) -> None:
    reason = reach(fresh, forum)("connect", "discourse", forum.url, MENTORGRAPH_API_KEY="0" * 64).reason
    assert "key" in reason.lower()
    _nothing_was_kept(fresh)
    assert forum.hooks() == []


@pytest.mark.parametrize(
    "url", ["", "x", "http://", "ftp://forum.example.org", "forum example", "https://user:pass@forum.example.org", "https://forum.example.org/?x=1"]
)
def test_what_is_no_address_is_said_so(fresh: Line, url: str) -> None:
    fresh.environment |= {"MENTORGRAPH_API_KEY": "k"}
    found = fresh("connect", "discourse", url)
    assert found.reason
    assert "pass@" not in found.err
    _nothing_was_kept(fresh)


@pytest.mark.slow
def test_a_forum_that_is_not_there_is_said_so(fresh: Line) -> None:
    port = free_port()
    fresh.environment |= {"MENTORGRAPH_API_KEY": "k", "MENTORGRAPH_ALLOW_PRIVATE": f"127.0.0.1:{port}"}
    assert f"nothing answers at 127.0.0.1:{port}" in fresh("connect", "discourse", f"http://127.0.0.1:{port}").reason
    assert "MENTORGRAPH_ALLOW_PRIVATE" in fresh("connect", "discourse", "http://127.0.0.1:9").reason
    assert "mentorgraph connect" in fresh("reconcile").reason
    _nothing_was_kept(fresh)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["html", "garbage-json", "empty", "redirect", "gzip-bomb"])
def test_something_that_is_no_discourse_is_said_so(fresh: Line, forum: Forum, kind: str) -> None:
    forum.ask("faults", {"faults": [{"kind": kind, "path": ".*\\.json", "times": -1, "location": "https://elsewhere.example.org/"}], "seed": 1})
    assert reach(fresh, forum)("connect", "discourse", forum.url).reason
    forum.ask("faults", {"faults": []})
    _nothing_was_kept(fresh)
    assert forum.hooks() == []


def test_a_host_that_there_is_not_and_choices_that_there_are_not(fresh: Line, forum: Forum) -> None:
    reach(fresh, forum)
    assert "there are circle, discourse, matrix" in fresh("connect", "slack", forum.url).reason
    assert "There is no Matrix homeserver" in fresh("connect", "matrix", forum.url).reason
    assert "KEY=VALUE" in fresh("connect", "discourse", forum.url, "--set", "x").reason
    assert "there is no setting “x”" in fresh("connect", "discourse", forum.url, "--set", "x=1").reason
    assert "spread takes" in fresh("connect", "discourse", forum.url, "--set", "spread=9").reason
    _nothing_was_kept(fresh)
    assert forum.hooks() == []


@pytest.mark.slow
def test_letting_go_of_a_forum_that_does_not_answer_says_what_is_left(connected: Line) -> None:
    said = next(one["message"] for one in connected("doctor", "--json").json["findings"] if "answers: " in one["message"])
    which = said.split("(")[1].split(")")[0]
    found = connected("disconnect", which, "--json", MENTORGRAPH_ALLOW_PRIVATE="").json
    assert "delete there by hand the webhooks" in found["left"][0]


# ---------------------------------------------------------------------------------------------------------------------- a connected forum


@pytest.mark.slow
def test_a_forum_is_read_again_and_nothing_differs(connected: Line) -> None:
    connected("reconcile", "--json")
    report = connected("reconcile", "--json").json
    assert report["items"]["members"] > 100
    assert report["changed"] == 0
    assert "Read " in connected("reconcile", "--quick").out
    assert "there is no installation 7" in connected("reconcile", "7").reason


@pytest.mark.slow
def test_what_an_admin_chose_can_be_changed(connected: Line) -> None:
    assert connected("configure", "spread=0.5", "opt_in_group=41", "--json").json["spread"] == 0.5
    for bad, says in (("spread=x", "spread takes"), ("nothing=1", "there is no setting"), ("spread", "KEY=VALUE")):
        assert says in connected("configure", bad).reason


def test_tokens_are_made_for_members_and_services(connected: Line) -> None:
    made = connected("token", "create", "--json").json
    assert made["token"].startswith("mg_")
    assert made["token"].encode() not in connected.database.read_bytes()
    username = _username(connected)
    assert connected("token", "create", "--member", username, "--scope", "me", "--days", "0").out.startswith("mg_")
    for words, says in (
        (["--member", "nobody"], "there is no member “nobody”"),
        (["--scope", "everything"], "there are: community:read"),
        (["--scope", "me"], "cannot carry me"),
        (["--installation", "7"], "there is no installation 7"),
    ):
        assert says in connected("token", "create", *words).reason


def _username(line: Line) -> str:
    with closing(sqlite3.connect(line.database)) as connection:
        return str(connection.execute("SELECT username FROM members WHERE standing = 'member' ORDER BY member_id LIMIT 1").fetchone()[0])


def _installation(line: Line) -> int:
    with closing(sqlite3.connect(line.database)) as connection:
        return int(connection.execute("SELECT installation_id FROM installations").fetchone()[0])


def test_a_member_gets_everything_and_is_erased(connected: Line) -> None:
    username = _username(connected)
    document = json.loads(connected("export", username).out)
    assert document["tables"]["members"][0]["username"] == username
    assert connected("erase", username, given="n\n").status != 0
    assert connected("erase", username, given="").status != 0
    assert json.loads(connected("export", username).out)["tables"]["members"]
    assert connected("erase", username, "--yes", "--json").json == {"erased": username}
    for command in (("export", username), ("erase", username, "--yes")):
        assert "there is no member" in connected(*command).reason


@pytest.mark.slow
def test_erased_members_stay_erased_after_a_backup_was_put_back(connected: Line) -> None:
    """The list says nothing about them, and erases them again."""
    username, file = _username(connected), connected.folder / "tombstones.json"
    backup = connected.database.read_bytes()
    assert connected("tombstones").json == {"tombstones": []}
    assert connected("erase", username, "--yes").status == 0
    file.write_text(connected("tombstones").out)
    assert username not in file.read_text()
    assert len(json.loads(file.read_text())["tombstones"]) == 1
    for left in connected.folder.glob("mentorgraph.db*"):
        left.unlink()
    connected.database.write_bytes(backup)
    assert connected("export", username).status == 0, "the backup brought them back"
    assert connected("tombstones", "--restore", file, "--json").json == {"erased": 1}
    assert "there is no member" in connected("export", username).reason
    assert connected("tombstones", "--restore", file, "--json").json == {"erased": 0}
    assert "cannot be read" in connected("tombstones", "--restore", "nothing.json").reason
    several = {"tombstones": {str(1): ["ab" * 32], **{str(one): json.loads(connected("tombstones").out)["tombstones"] for one in (_installation(connected),)}}}
    file.write_text(json.dumps(several))
    assert "kept: 1 tombstone." in connected("tombstones", "--restore", file).out, "of a community that is not there any more nothing is kept"
    for text in ("not JSON", "[]", '{"tombstones": 7}', '{"tombstones": [7]}', '{"tombstones": {"x": []}}', '{"tombstones": {"1": [7]}}'):
        file.write_text(text)
        assert "`mentorgraph tombstones` wrote" in connected("tombstones", "--restore", file).reason


def test_a_folder_that_cannot_be_written_is_said_so(line: Line) -> None:
    """Root may write to every folder of a disk, and to none of the kernel's."""
    folder = Path("/sys/kernel") if os.geteuid() == 0 else line.folder
    mode = folder.stat().st_mode
    if folder == line.folder:
        folder.chmod(0o500)
    try:
        reason = line("migrate", MENTORGRAPH_DATABASE_URL=f"sqlite:///{folder / 'mentorgraph.db'}").reason
    finally:
        if folder == line.folder:
            folder.chmod(mode)
    assert str(folder) in reason
    assert "written" in reason


def test_being_asked_is_not_in_the_json(connected: Line) -> None:
    username = _username(connected)
    assert connected("erase", username, "--json", given="y\n").json == {"erased": username}


def _recorded(name: str, number: int, *, at: str = "") -> str:
    body = json.dumps({"user": {"id": 9000 + number, "username": name, "name": name, "active": True}})
    headers = {"X-Discourse-Event-Type": "user", "X-Discourse-Event": "user_created", "X-Discourse-Event-Id": str(number), "X-Discourse-Instance": "x"}
    return json.dumps({"headers": headers, "body": body} | ({"at": at} if at else {}))


def test_recorded_deliveries_are_replayed(connected: Line) -> None:
    file = connected.folder / "recorded.jsonl"
    private = {"headers": {"X-Discourse-Event-Type": "zebra"}, "body": "{}"}
    file.write_text("\n".join([_recorded("replayed1", 1), "", _recorded("replayed2", 2, at="2026-10-01T00:00:00+00:00"), json.dumps(private)]) + "\n")
    assert connected("replay", file, "--json").json == {"handled": 2, "dropped": 0, "refused": 1}
    assert connected("replay", file, "--json", "--clock", "events").json["handled"] == 2
    with closing(sqlite3.connect(connected.database)) as connection:
        assert connection.execute("SELECT count(*) FROM members WHERE username LIKE 'replayed%'").fetchone() == (2,)


@pytest.mark.parametrize(
    "text",
    [
        "not JSON",
        "[]",
        "7",
        '{"headers": {}}',
        '{"headers": [], "body": ""}',
        '{"headers": {}, "body": 7}',
        '{"headers": {}, "body": "{}", "at": "yesterday"}',
        '{"headers": {}, "body": "{}", "at": 7}',
        "\udcff",
    ],
)
def test_a_line_that_is_no_delivery_is_named(connected: Line, text: str) -> None:
    file = connected.folder / "recorded.jsonl"
    file.write_bytes((_recorded("fine", 1) + "\n" + text + "\n").encode("utf-8", "surrogateescape"))
    assert "line 2" in connected("replay", file).reason
    assert "--clock" in connected("replay", file, "--clock", "backwards").reason


def test_deliveries_and_messages_are_shown(connected: Line) -> None:
    assert connected("deliveries", "--json").json == {"deliveries": [], "counts": {}, "retried": 0}
    assert connected("messages", "--dry-run", "--json").json == {"messages": []}
    for words in ("deliveries", "deliveries --failed", "deliveries --retry", "messages", "messages --dry-run", "messages --retry"):
        assert connected(*words.split()).status == 0
    assert connected("deliveries", "--failed", "--retry", "--json").json["retried"] == 0


@pytest.mark.slow
def test_a_dry_run_shows_what_waits_as_the_forum_would_get_it(connected: Line, demo_forum: Forum) -> None:
    async def suggest() -> None:
        settings = Settings.model_validate({"database_url": f"sqlite:///{connected.database}", "secret_keys": KEY})
        parts = compose(settings, patience=AT_A_PROMPT)
        try:
            await Worker(parts.runtime, parts.graphs).run_until_idle(lanes=frozenset({"suggest"}))
        finally:
            await parts.close()

    asyncio.run(suggest())
    demo_forum.calls()
    found = connected("messages", "--dry-run", "--limit", "1000", "--json").json["messages"]
    assert found
    for one in found:
        assert one["state"] == "pending"
        assert one["to"]
        assert one["title"]
        assert f"{demo_forum.url}/" in one["text"], "links to evidence are in it"
    assert found[0]["text"] in connected("messages", "--dry-run", "--limit", "1").out
    assert demo_forum.calls()["total"] == 0, "nothing was asked of the forum, nothing sent"
    with closing(sqlite3.connect(connected.database)) as connection:
        connection.execute("UPDATE outbox SET state = 'sent', body = NULL WHERE message_id != (SELECT min(message_id) FROM outbox)")
        connection.commit()
    (left,) = connected("messages", "--dry-run", "--limit", "1", "--json").json["messages"]
    assert left["id"] == min(one["id"] for one in found), "what was sent since does not hide what waits"


def test_dead_letters_are_listed_and_taken_up_again(connected: Line) -> None:
    with closing(sqlite3.connect(connected.database)) as connection:
        (which,) = connection.execute("SELECT installation_id FROM installations").fetchone()
        columns = "installation_id, event_id, kind, digest, body, trace_id, received_at, state, next_at, attempts, error"
        values = (which, "7", "user_created", b"d", b"b", "t", 1, "dead", 1, 8, "ValueError")
        connection.execute(f"INSERT INTO inbox ({columns}) VALUES ({', '.join('?' * 11)})", values)
        connection.commit()
    (row,) = connected("deliveries", "--failed", "--json").json["deliveries"]
    assert (row["event_id"], row["state"], row["error"]) == ("7", "dead", "ValueError")
    with closing(sqlite3.connect(connected.database)) as connection:
        connection.execute("UPDATE inbox SET kind = '[/red] of a host'")
        connection.commit()
    assert "[/red] of a host" in connected("deliveries").out, "what a host calls something is no markup"
    again = connected("deliveries", "--failed", "--retry", "--json").json
    assert (again["retried"], again["counts"]) == (1, {"new": 1})


def test_the_doctor_says_what_to_do(connected: Line) -> None:
    found = connected("doctor", "--json").json
    assert found["ok"] is True
    assert {one["level"] for one in found["findings"]} <= {"ok", "warning", "error"}
    assert "answers: " in connected("doctor").out
    broken = connected("doctor", "--json", MENTORGRAPH_ALLOW_PRIVATE="")
    assert broken.status == 1
    assert json.loads(broken.out)["ok"] is False
    public = connected("doctor", "--json", MENTORGRAPH_PUBLIC_URL="http://mentors.example.org")
    assert any("https" in one["message"] for one in json.loads(public.out)["findings"])


def test_what_a_community_is_called_is_no_markup(connected: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    async def found(_runtime: object) -> list[dict[str, str]]:
        return [{"level": "ok", "message": "https://forum.example.org (1) answers: [/b] the [beta] forum, version 3"}]

    monkeypatch.setattr("plugin.cli.serving.examine", found)
    assert "answers: [/b] the [beta] forum" in connected("doctor").out


@pytest.mark.parametrize(("number", "said"), [(0, "0 items"), (1, "1 item"), (2, "2 items")])
def test_one_is_said_otherwise_than_several(number: int, said: str) -> None:
    assert counted(number, "item") == said


def test_an_empty_service_is_told_to_connect(fresh: Line) -> None:
    assert "mentorgraph connect" in str(fresh("doctor", "--json").json["findings"])
    for command in ("reconcile", "deliveries", "token create", "configure a=b"):
        assert "no community is connected yet: connect one with" in fresh(*command.split()).reason


@pytest.mark.slow
def test_one_of_several_communities_must_be_named(connected: Line, forum: Forum) -> None:
    reach(connected, forum)
    second = connected("connect", "discourse", forum.url, "--no-import", "--json").json["installation"]
    assert "say which installation is meant" in connected("deliveries").reason
    assert connected("deliveries", "-i", str(second), "--json").json["deliveries"] == []


@pytest.mark.slow
def test_the_sign_in_row_fits_what_the_service_signs_with(fresh: Line, forum: Forum) -> None:
    """The row that the admin pastes is the secret by which answers are checked."""
    made = reach(fresh, forum)("connect", "discourse", forum.url, "--no-import", "--json").json
    row = next(line for line in made["to_do"] if "|" in line).rpartition(" ")[2]
    domain, _, secret = row.partition("|")
    assert domain == "127.0.0.1"
    assert len(hmac.new(secret.encode(), b"x", sha256).hexdigest()) == 64
    assert len(secret) >= 32
