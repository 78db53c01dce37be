"""What all commands share."""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from typing import Annotated, Any, NoReturn, TypeVar

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console

from mentorgraph.host import HostError
from plugin.app import Parts, compose
from plugin.errors import PluginError, Unavailable
from plugin.http import Patience
from plugin.logs import configure_logging
from plugin.settings import Settings

T = TypeVar("T")

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Which = Annotated[int | None, typer.Option("--installation", "-i", help="The community; needed only if there are several.")]

AT_A_PROMPT = Patience(total=90.0, tries=3)
"""How long a command waits for a host that says "later"."""
WITH_TIME = Patience(total=3600.0, tries=8)
"""For reading a whole community, which a host may slow down."""


def fail(reason: str, *, code: int = 1) -> NoReturn:
    """End with one line that says what to do."""
    err.print(f"mentorgraph: {reason}", style="red", markup=False)
    raise typer.Exit(code)


def load_settings() -> Settings:
    """The settings; ends with a one-line reason if they are wrong."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        reason = str(first["msg"]).removeprefix("Value error, ")
        name = ".".join(str(part) for part in first["loc"])
        fail(reason if reason.startswith(("MENTORGRAPH_", "a key")) else f"MENTORGRAPH_{name.upper()}: {reason}")


def run(work: Callable[[Parts], Awaitable[T]], *, patience: Patience = AT_A_PROMPT, quiet: bool = True) -> T:
    """Run a command over the parts, and end with one line when something expected goes wrong."""
    settings = load_settings()
    configure_logging(settings.model_copy(update={"log_level": "error"}) if quiet and "MENTORGRAPH_LOG_LEVEL" not in os.environ else settings)

    async def whole() -> T:
        parts = compose(settings, patience=patience)
        try:
            await parts.runtime.database.check()
            return await work(parts)
        finally:
            await parts.close()

    return guarded(whole())


def guarded(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; expected failures end with one line."""
    try:
        return asyncio.run(work)
    except Unavailable as error:
        fail(
            f"{error.message}: check MENTORGRAPH_DATABASE_URL, and that its disk has room and can be written"
            if error.code == "database_down"
            else error.message
        )
    except (PluginError, HostError) as error:
        fail(error.message)
    except PermissionError as error:
        fail(f"{error.filename or 'a file'} cannot be opened: check who may read and write it")
    except (KeyboardInterrupt, asyncio.CancelledError):
        raise typer.Exit(130) from None
    except typer.Exit:
        raise
    except Exception as error:
        if os.environ.get("MENTORGRAPH_LOG_LEVEL", "").lower() == "debug":
            raise
        fail(f"an unexpected error ({type(error).__name__}): run again with MENTORGRAPH_LOG_LEVEL=debug to see where")


def show(value: dict[str, object], *, as_json: bool, lines: Callable[[], None]) -> None:
    """Print a result for a program or for a person."""
    if as_json:
        sys.stdout.write(orjson.dumps(value, default=str, option=orjson.OPT_NON_STR_KEYS).decode() + "\n")
    else:
        lines()


def counted(number: int, one: str, many: str = "") -> str:
    """So many of something, such as ``1 item`` or ``3 items``."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def secret_from(variable: str, prompt: str) -> str:
    """A secret from the environment or from standard input; never from an argument, which every process on the machine could read."""
    given = os.environ.get(variable, "")
    if not given:
        given = typer.prompt(prompt, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    given = given.strip()
    if not given:
        fail(f"no key: set {variable} or give it on standard input")
    return given
