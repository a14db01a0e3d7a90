"""The command line of design.md §5, one module per noun; with `--json` each command prints one JSON object."""

from importlib import import_module

from flask import Flask

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
)


def bind(app: Flask) -> None:
    for noun in NOUNS:
        app.cli.add_command(import_module(f"portal.cli.{noun}").command)
