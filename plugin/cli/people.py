"""Tokens, export and erasure."""

import json
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from plugin.app import Parts
from plugin.cli.common import AsJson, Which, counted, fail, out, run, show
from plugin.domain.people import Office, Scope
from plugin.services.departures import burials
from plugin.services.departures.erasure import erase_member, export_member, find_member
from plugin.services.developers import providing
from plugin.services.developers.providing import Provided
from plugin.services.hosts.connect import communities, the_installation
from plugin.services.identity import access, staffing
from plugin.store.unit_of_work import UnitOfWork


def create_token(
    installation: Which = None,
    member: Annotated[str, typer.Option(help="The member it acts for, by user name; a service token without.")] = "",
    scope: Annotated[list[str] | None, typer.Option(help="A scope; may be repeated. All that such a token can carry if none.")] = None,
    days: Annotated[int, typer.Option(min=0, help="Days until it expires; 0 for never.")] = 90,
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    as_json: AsJson = False,
) -> None:
    """Make a token and print it once."""
    try:
        scopes = None if not scope else frozenset(Scope(one) for one in scope)
    except ValueError:
        fail(f"there is no such scope; there are: {', '.join(one.value for one in Scope)}")

    async def work(parts: Parts) -> str:
        which = await the_installation(parts.runtime, installation)
        member_id = None
        if member:
            member_id = (await parts.runtime.database.read(which, lambda unit: find_member(member, unit))).id
        lifetime = timedelta(days=days) if days else None
        return await access.create_token(parts.runtime, which, member_id=member_id, scopes=scopes, name=name, lifetime=lifetime, audience="api")

    token = run(work)
    show({"token": token}, as_json=as_json, lines=lambda: out.print(token, markup=False))


def provide(
    stop: Annotated[bool, typer.Option("--stop", help="End it: members sign in to the community as before.")] = False,
    installation: Which = None,
    as_json: AsJson = False,
) -> None:
    """Let members sign in to the community itself through this service, where its platform has custom single sign-on; print what to fill in there."""

    async def work(parts: Parts) -> Provided | None:
        which = await the_installation(parts.runtime, installation)
        if stop:
            await providing.stop(parts.runtime, which)
            return None
        return await providing.provide(parts.runtime, which)

    made = run(work)
    if made is None:
        show({"provided": False}, as_json=as_json, lines=lambda: out.print("Members sign in to the community as before.", markup=False))
        return
    said = {"provided": True, "client_id": made.client_id, "client_secret": made.secret, "form": list(made.form)}
    show(said, as_json=as_json, lines=lambda: out.print("\n".join((*made.form, f"Secret key: {made.secret}")), markup=False))


def invite(
    office: Annotated[Office, typer.Argument(help="admin, where the host does not say who its admins are, or safety.")],
    installation: Which = None,
    as_json: AsJson = False,
) -> None:
    """Print an address that gives an office to the first member who signs in there and accepts; good once, for seven days."""

    async def work(parts: Parts) -> str:
        return await staffing.invite(parts.runtime, await the_installation(parts.runtime, installation), office, by="operator")

    url = run(work)
    show({"url": url}, as_json=as_json, lines=lambda: out.print(url, markup=False))


def export(
    member: Annotated[str, typer.Argument(help="User name or the host's id.")],
    installation: Which = None,
) -> None:
    """Print everything that is kept about a member, as one JSON document."""

    async def work(parts: Parts) -> bytes:
        which = await the_installation(parts.runtime, installation)
        return await parts.runtime.database.write(which, lambda unit: export_member(find_member(member, unit), unit, by="operator"))

    sys.stdout.buffer.write(run(work) + b"\n")


def erase(
    member: Annotated[str, typer.Argument(help="User name or the host's id.")],
    installation: Which = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a member. What the host still shows of them is not taken in again, unless they sign in themselves."""
    if not yes and not typer.confirm(f"Erase everything about {member}? This cannot be undone", err=True):
        fail("nothing was erased")

    async def work(parts: Parts) -> None:
        which = await the_installation(parts.runtime, installation)

        def erasing(unit: UnitOfWork) -> None:
            erase_member(find_member(member, unit).host_user_id, unit, why="admin")

        await parts.runtime.database.write(which, erasing)

    run(work)
    show({"erased": member}, as_json=as_json, lines=lambda: out.print(f"Everything about {member} was erased.", markup=False))


def tombstones(
    installation: Which = None,
    restore: Annotated[Path | None, typer.Option(help="A file that this command wrote: erase again whoever it stands for.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print what remembers erased members without saying who they were, to be kept beside the backups; or, after one was put back, erase them again."""
    if restore is None:

        async def listing(parts: Parts) -> dict[int, list[str]]:
            ids = [one.id for one in await communities(parts.runtime)]
            chosen = ids if installation is None and ids else [await the_installation(parts.runtime, installation)]
            return {one: await parts.runtime.database.read(one, burials.tombstones) for one in chosen}

        found = run(listing)
        # One community's are a list, those of several are by community.
        show({"tombstones": next(iter(found.values())) if len(found) == 1 else found}, as_json=True, lines=lambda: None)
        return
    known = _known(restore)

    async def burying(parts: Parts) -> tuple[int, int]:
        if isinstance(known, list):
            given = {await the_installation(parts.runtime, installation): known}
        else:
            there = {one.id for one in await communities(parts.runtime)} if installation is None else {await the_installation(parts.runtime, installation)}
            given = {one: digests for one, digests in known.items() if one in there}
        erased = 0
        for one, digests in given.items():
            erased += await parts.runtime.database.write(one, partial(burials.bury_again, known=digests))
        return erased, sum(map(len, given.values()))

    erased, kept = run(burying)
    show({"erased": erased}, as_json=as_json, lines=lambda: out.print(f"Erased again: {counted(erased, 'member')}; kept: {counted(kept, 'tombstone')}."))


def _known(path: Path) -> list[str] | dict[int, list[str]]:
    """The tombstones of a file: of one community, or of several by their numbers."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["tombstones"]
        if isinstance(found, dict):
            return {int(one): _digests(digests) for one, digests in found.items()}
        return _digests(found)
    except OSError:
        fail(f"the file {path} cannot be read")
    except (ValueError, KeyError, TypeError):
        fail(f"{path} is no list of tombstones: give a file that `mentorgraph tombstones` wrote")


def _digests(found: object) -> list[str]:
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise TypeError
    return found
