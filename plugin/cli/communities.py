"""Connecting communities and reading them."""

import os
from dataclasses import asdict
from typing import Annotated, Self

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from integrations import HOSTS
from mentorgraph.host import Sweep
from plugin.app import Parts
from plugin.cli.common import WITH_TIME, AsJson, Which, counted, err, fail, out, run, secret_from, show
from plugin.domain.community import POLICY_KEYS
from plugin.services.hosts import choosing, provider_settings
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import Connection, NewConnection
from plugin.services.hosts.reconcile import Report

_LABELS = {
    Sweep.SPACES: "categories",
    Sweep.MEMBERS: "members",
    Sweep.GROUPS: "groups",
    Sweep.TOPICS: "topics",
    Sweep.POSTS: "posts",
    Sweep.RECENT: "recent topics",
    Sweep.SOLUTIONS: "solutions",
    Sweep.LIKES: "likes",
}


class Bars(reconciling.Progress):
    """Draws how far a reading is."""

    def __init__(self) -> None:
        self._bars = Progress(
            SpinnerColumn(), TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err, transient=False
        )
        self._tasks: dict[Sweep, TaskID] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._tasks:
            self._bars.stop()

    def step(self, sweep: Sweep, *, done: int, total: int | None) -> None:
        """So many items are done."""
        # Not before there is something to draw: a failure at the start is then a single line.
        self._bars.start()
        if sweep not in self._tasks:
            self._tasks[sweep] = self._bars.add_task(_LABELS[sweep], total=total)
        self._bars.update(self._tasks[sweep], completed=done, total=None if total is None else max(total, done))

    def finished(self, sweep: Sweep) -> None:
        """A listing is whole."""
        if sweep in self._tasks:
            done = self._bars.tasks[self._tasks[sweep]].completed
            self._bars.update(self._tasks[sweep], total=max(done, 1), completed=max(done, 1) if done else 1)


async def read_whole(parts: Parts, installation_id: int, *, whole: bool, quiet: bool) -> Report:
    """Read a community, with bars unless ``quiet``, and settle every doubt."""
    if quiet:
        report = await reconciling.reconcile(parts.runtime, installation_id, whole=whole)
    else:
        with Bars() as bars:
            report = await reconciling.reconcile(parts.runtime, installation_id, whole=whole, progress=bars)
    await reconciling.settle_all(parts.runtime, installation_id, report=report)
    return report


PROVIDER_SECRET = "MENTORGRAPH_OPENID_SECRET"  # noqa: S105 - the name of a variable
KEYS_OF_HOST = "what the host's page in the documentation names"


def _pairs(given: list[str], keys: str = ", ".join(POLICY_KEYS)) -> dict[str, str]:
    pairs = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not equals:
            fail(f"{one!r} is not KEY=VALUE; keys are: {keys}")
        pairs[key.strip()] = value
    return pairs


def connect(
    host: Annotated[str, typer.Argument(help=f"What kind of community: {', '.join(sorted(HOSTS))}, or one that another package brings.")],
    url: Annotated[str, typer.Argument(help="Its address, such as https://forum.example.org.")],
    name: Annotated[str, typer.Option(help="What to call it; its own title if empty.")] = "",
    category: Annotated[
        list[str] | None, typer.Option(help="A category whose posts count (id or slug); may be repeated. All that every member may read if none.")
    ] = None,
    username: Annotated[str, typer.Option(help="The account that the key acts as.")] = "system",
    requests_per_minute: Annotated[int, typer.Option(min=0, max=6000, help="How many calls the host allows; 0 for its default.")] = 0,
    with_: Annotated[
        list[str] | None,
        typer.Option("--with", help="What this kind of host wants to know as KEY=VALUE, as its page in the documentation says; may be repeated."),
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="A choice as KEY=VALUE, as for `configure`; may be repeated.")] = None,
    no_import: Annotated[bool, typer.Option("--no-import", help="Leave the reading to the running service.")] = False,
    as_json: AsJson = False,
) -> None:
    """Connect a community: check the key (MENTORGRAPH_API_KEY or standard input), create the webhooks, read what is there."""
    key = secret_from("MENTORGRAPH_API_KEY", f"API key of {url}")
    settings = _pairs(with_ or [], KEYS_OF_HOST) | ({"requests_per_minute": str(requests_per_minute)} if requests_per_minute else {})
    new = NewConnection(
        host=host,
        url=url,
        api_key=key,
        api_username=username,
        name=name,
        spaces=tuple(category or ()),
        host_settings=settings,
        policy=_pairs(set_ or []),
        provider_secret=os.environ.get(PROVIDER_SECRET, ""),
    )

    async def work(parts: Parts) -> Connection:
        made = await connecting.connect(parts.runtime, new)
        if no_import:
            await parts.runtime.database.write(made.installation_id, lambda unit: unit.wake("reconcile"))
        return made

    # Somebody who mistyped the address should hear of it soon; reading a large community may take its time.
    made = run(work)

    def lines() -> None:
        out.print(f"Installation {made.installation_id}", style="bold")
        out.print(f"Deliveries come to {made.hook_url}", markup=False)
        for limit in made.limits:
            out.print(f"Note: {limit}", style="yellow", markup=False)
        if made.to_do:
            out.print("Still to be done in the community, by you:", style="bold")
        for line in made.to_do:
            out.print(f"  • {line}", markup=False)

    found: dict[str, object] = {
        "installation": made.installation_id,
        "title": made.title,
        "hook_url": made.hook_url,
        "limits": made.limits,
        "to_do": made.to_do,
        "report": None,
    }
    if not no_import:
        if not as_json:
            out.print(f"Connected to {made.title}. Reading it …", markup=False)
        try:
            found["report"] = asdict(run(lambda parts: read_whole(parts, made.installation_id, whole=True, quiet=as_json), patience=WITH_TIME))
        except typer.Exit:
            # It is connected all the same, and this is said once.
            if not as_json:
                lines()
            raise
    show(found, as_json=as_json, lines=lines)


def disconnect(
    installation: Annotated[int, typer.Argument(help="The community.")],
    erase: Annotated[bool, typer.Option("--erase", help="Remove everything that is kept about the community as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take our webhooks away from a community and stop serving it."""
    left = run(lambda parts: connecting.disconnect(parts.runtime, installation, erase=erase))

    def lines() -> None:
        out.print(f"Disconnected {installation}{' and erased everything about it' if erase else ''}.")
        for line in left:
            out.print(f"  • {line}", style="yellow", markup=False)

    show({"installation": installation, "erased": erase, "left": left}, as_json=as_json, lines=lines)


def configure(
    choices: Annotated[list[str], typer.Argument(help="KEY=VALUE, one or more.")],
    installation: Which = None,
    as_json: AsJson = False,
) -> None:
    """Change an admin's choices for a community, such as opt_in_field=3, or its identity provider, such as openid_issuer=https://id.example.org."""
    pairs = _pairs(choices, f"{', '.join(POLICY_KEYS)}, openid_issuer, …")
    at_provider = {key: value for key, value in pairs.items() if key not in POLICY_KEYS and key.startswith("openid_")}
    policy = {key: value for key, value in pairs.items() if key not in at_provider}

    async def work(parts: Parts) -> dict[str, object]:
        which = await connecting.the_installation(parts.runtime, installation)
        if at_provider:
            # The provider first: it is asked whether it is one, and nothing else is changed if it is not.
            secret = os.environ.get(PROVIDER_SECRET)
            to_do = await provider_settings.configure(parts.runtime, which, at_provider, secret=secret)
            if not policy:
                return {"installation": which, **at_provider, "to_do": to_do}
        return {"installation": which, **choosing.policy_values(await choosing.configure(parts.runtime, which, policy))}

    found = run(work)
    show(found, as_json=as_json, lines=lambda: out.print("\n".join(f"{key} = {value}" for key, value in found.items()), markup=False))


def reconcile(
    installation: Annotated[int | None, typer.Argument(help="The community; needed only if there are several.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Only what is new and a part of the rest, as the service does every hour.")] = False,
    as_json: AsJson = False,
) -> None:
    """Read a community and bring what is kept to its state."""

    async def work(parts: Parts) -> Report:
        which = await connecting.the_installation(parts.runtime, installation)
        return await read_whole(parts, which, whole=not quick, quiet=as_json)

    report = run(work, patience=WITH_TIME)
    show(
        asdict(report),
        as_json=as_json,
        lines=lambda: out.print(f"Read {counted(sum(report.items.values()), 'item')}; {report.changed} differed, asked about one by one: {report.asked}."),
    )
