"""All commands in one place."""

import typer

from plugin.cli import communities, people, serving, work
from plugin.cli.demo import demo

app = typer.Typer(
    name="mentorgraph",
    help="Turns an existing online community into a mentorship program.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
token = typer.Typer(help="Tokens for developers.", no_args_is_help=True)
app.add_typer(token, name="token")

app.command()(serving.serve)
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
app.command("export")(people.export)
app.command()(people.erase)
app.command()(demo)
token.command("create")(people.create_token)


def main() -> None:
    """Run the command line."""
    app()
