"""Deliveries and messages."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.markup import escape
from rich.table import Table

from plugin.app import Parts
from plugin.cli.common import AsJson, Which, counted, fail, out, run, show
from plugin.services.hosts import deliveries as delivering
from plugin.services.hosts.connect import the_installation
from plugin.services.messages import outgoing
from plugin.services.operations import resealing
from plugin.store.unit_of_work import UnitOfWork


def replay(
    file: Annotated[Path, typer.Argument(help='One delivery a line: {"headers": {…}, "body": "…"}.', exists=True, dir_okay=False, readable=True)],
    installation: Which = None,
    clock: Annotated[str, typer.Option(help="`now`, or `events` to let time pass as the recording's `at` does.")] = "now",
    as_json: AsJson = False,
) -> None:
    """Handle recorded deliveries at once."""
    if clock not in {"now", "events"}:
        fail("--clock is `now` or `events`")

    async def work(parts: Parts) -> dict[str, int]:
        which = await the_installation(parts.runtime, installation)
        host = parts.runtime.host((await parts.runtime.installation(which)).host)
        counts = {"handled": 0, "dropped": 0, "refused": 0}
        with file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                headers, body, at = _recorded(line, number)
                result = await delivering.replay(parts.runtime, which, host.recorded(headers, body), at=at if clock == "events" else None)
                counts[result] += 1
        return counts

    counts = run(work)
    show({**counts}, as_json=as_json, lines=lambda: out.print(", ".join(f"{value} {key}" for key, value in counts.items())))


def _recorded(line: bytes, number: int) -> tuple[dict[str, str], bytes, datetime | None]:
    try:
        found = orjson.loads(line)
        headers = {str(key).lower(): str(value) for key, value in found["headers"].items()}
        body = found["body"]
        at = datetime.fromisoformat(found["at"]).astimezone(UTC) if "at" in found else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError, ValueError):
        fail(f'line {number} is no recorded delivery; a line is {{"headers": {{…}}, "body": "…"}}')
    if not isinstance(body, str):
        fail(f"line {number}: body must be a text")
    return headers, body.encode(), at


def deliveries(
    installation: Which = None,
    failed: Annotated[bool, typer.Option("--failed", help="Only those that could not be handled.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Handle those that could not be handled again.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what the community sent."""

    async def work(parts: Parts) -> tuple[list[dict[str, object]], dict[str, int], int]:
        which = await the_installation(parts.runtime, installation)
        again = 0
        if retry:

            def once_more(unit: UnitOfWork) -> int:
                unit.wake("inbox")
                return unit.inbox.retry(now=unit.now)

            again = await parts.runtime.database.write(which, once_more)
        rows, counts = await parts.runtime.database.read(
            which, lambda unit: (unit.inbox.listing(state="dead" if failed else None, limit=limit), unit.inbox.counts())
        )
        return rows, counts, again

    rows, counts, again = run(work)

    def lines() -> None:
        table = Table("id", "kind", "state", "tries", "received", "error")
        for row in rows:
            table.add_row(*(escape(str(row[key])) for key in ("event_id", "kind", "state", "attempts", "received_at", "error")))
        out.print(table)
        found = [f"{number} {state}" for state, number in counts.items()] + ([f"{again} to be handled again"] if retry else [])
        out.print(", ".join(found) or "The community sent nothing yet.", markup=False)

    show({"deliveries": rows, "counts": counts, "retried": again}, as_json=as_json, lines=lines)


def messages(
    installation: Which = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what waits, as the community would get it.")] = False,
    retry: Annotated[bool, typer.Option("--retry", help="Send those again that could not be sent.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what was and will be sent to the community."""

    async def work(parts: Parts) -> list[dict[str, object]]:
        which = await the_installation(parts.runtime, installation)
        if retry:

            def once_more(unit: UnitOfWork) -> int:
                unit.wake("outbox")
                return unit.outbox.retry(now=unit.now)

            await parts.runtime.database.write(which, once_more)
        found = []
        for one, rendered in await outgoing.listing(parts.runtime, which, state="pending" if dry_run else None, limit=limit):
            row: dict[str, object] = {"id": one.id, "kind": one.kind, "state": one.state, "created_at": one.created_at, "error": one.error}
            if rendered is not None:
                row |= {"to": rendered.to, "title": rendered.title, "text": rendered.text}
            found.append(row)
        return found

    found = run(work)

    def lines() -> None:
        for row in found:
            out.print(f"{row['id']}  {row['kind']}  {row['state']}  {row['created_at']:%Y-%m-%d %H:%M}  {row['error']}", markup=False, style="bold")
            if "text" in row:
                out.print(f"To: {row['to']}\n{row['title']}\n\n{row['text']}\n", markup=False)
        if not found:
            out.print("Nothing waits to be sent." if dry_run else "Nothing was sent yet.")

    show({"messages": found}, as_json=as_json, lines=lines)


def reseal(as_json: AsJson = False) -> None:
    """Move everything that is sealed to the newest of MENTORGRAPH_SECRET_KEYS, so that older ones can be dropped."""
    found = run(lambda parts: resealing.reseal_everywhere(parts.runtime))
    moved, lost = sum(one.moved for one in found.values()), sum(one.lost for one in found.values())
    show({"moved": moved, "lost": lost}, as_json=as_json, lines=lambda: out.print(f"{counted(moved, 'seal')} moved to the newest key."))
    if lost:
        unread = counted(lost, "seal opens", "seals open")
        fail(f"{unread} with none of MENTORGRAPH_SECRET_KEYS: add the key that made them, behind the newest, and run this again")
