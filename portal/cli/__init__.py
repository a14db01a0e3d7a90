"""The command line of design.md §5, one module per noun; with `--json` each command prints one JSON object."""

from importlib import import_module

from click import Command, Context
from flask import Flask
from flask.cli import AppGroup

NOUNS = (
    "org",
    "user",
    "connection",
    "connection_key",
    "directory",
    "setup_link",
    "api_key",
    "client",
    "role",
    "serve",
    "worker",
    "demo",
    "alias",
    "import",
)
MODULES = {"import": "moving_in"}  # a keyword cannot name a module


class Nouns(AppGroup):
    """A noun's module is loaded when it is called: a web process calls none, and need not hold what they need."""

    def list_commands(self, ctx: Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *(noun.replace("_", "-") for noun in NOUNS)})

    def get_command(self, ctx: Context, cmd_name: str) -> Command | None:
        noun = cmd_name.replace("-", "_")
        if noun not in NOUNS:
            return super().get_command(ctx, cmd_name)
        command: Command = import_module(f"portal.cli.{MODULES.get(noun, noun)}").command
        return command


def bind(app: Flask) -> None:
    app.cli = Nouns(app.name, commands=app.cli.commands)
