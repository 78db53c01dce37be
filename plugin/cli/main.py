"""All commands in one place."""

import sys
from collections.abc import Sequence

import typer

from plugin.cli import communities, people, serving, work
from plugin.cli.common import err
from plugin.cli.demo import demo

UsageError: type[typer.BadParameter] = typer.BadParameter.__bases__[0]
"""Typer exports only the leaves of its usage errors."""

app = typer.Typer(
    name="mentorgraph",
    help="Turns an existing online community into a mentorship program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
token = typer.Typer(help="Tokens for developers.")
app.add_typer(token, name="token")

app.command()(serving.serve)
app.command()(serving.operator)
app.command()(serving.worker)
app.command()(serving.migrate)
app.command()(serving.doctor)
app.command()(communities.connect)
app.command()(communities.disconnect)
app.command()(communities.configure)
app.command()(communities.reconcile)
app.command()(work.replay)
app.command()(work.deliveries)
app.command()(work.messages)
app.command()(work.reseal)
app.command()(people.invite)
app.command()(people.provide)
app.command("export")(people.export)
app.command()(people.erase)
app.command()(people.tombstones)
app.command()(demo)
token.command("create")(people.create_token)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Ends with 0, or with one line on standard error and another status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    try:
        status = app(given or ["--help"], prog_name="mentorgraph", standalone_mode=False)
    except typer.Abort:
        err.print("mentorgraph: aborted", style="red")
        sys.exit(1)
    except UsageError as error:
        reason = " ".join(error.format_message().split()).rstrip(".")
        err.print(f"mentorgraph: {reason[:1].lower()}{reason[1:]}: see `mentorgraph --help`", style="red", markup=False)
        sys.exit(2)
    sys.exit(status if isinstance(status, int) else 0)
