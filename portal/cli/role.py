"""flask role: the permissions and roles of the application, for every organization."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import AppGroup

from portal.cli.speaking import Answer, speaks
from portal.extensions import db
from portal.organizations import roles
from portal.organizations.actors import OPERATOR
from portal.organizations.roles import Definition

command = AppGroup("role", help="The permissions and roles of the application.")


@command.command("load")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@speaks
def load(file: Path) -> Answer:
    """Define what a TOML file says; what it does not mention stays."""
    permissions, defined = roles.load(file, by=OPERATOR)
    return {"permissions": permissions, "roles": defined}


@command.command("define")
@click.argument("key")
@click.option("--name", default="", help="As people read it; from the key where it is left out.")
@click.option(
    "--rank", type=click.IntRange(0, 99), default=20, show_default=True, help="Whoever gives it has this rank."
)
@click.option("--permission", "permissions", multiple=True, help="What it allows; may be given several times.")
@click.option("--plan", "plans", multiple=True, help="A plan whose organizations may give it; none: all.")
@click.option("--internal", is_flag=True, help="For the application's own staff only.")
@click.option("--default", "is_default", is_flag=True, help="New organizations give it to their members.")
@speaks
def define(key: str, **said: object) -> Answer:
    """Define a role, or define it anew."""
    role = roles.define(key, Definition(**said), by=OPERATOR)  # type: ignore[arg-type]
    return {"key": role.key, "name": role.name, "permissions": role.permissions}


@command.command("permission")
@click.argument("key")
@click.option("--says", default="", help="What it allows, in words.")
@speaks
def permission(key: str, says: str) -> Answer:
    """Define a permission, or describe it anew."""
    row = roles.define_permission(key, says, by=OPERATOR)
    return {"key": row.key, "description": row.description}


@command.command("list")
@speaks
def show() -> Answer:
    """List the roles, the highest first."""
    return {role.key: ", ".join(role.permissions) or "(nothing)" for role in roles.every()}


@command.command("remove")
@click.argument("key")
@speaks
def remove(key: str) -> Answer:
    """Remove a role that nobody has."""
    roles.remove(roles.get(key), by=OPERATOR)
    return {"key": key, "removed": True}


def load_configured(app: Flask) -> None:
    """The file of ROLES_FILE, at every start of a process that serves or works."""
    path = app.config["SETTINGS"].roles_file
    if path:
        with app.app_context():
            roles.load(path, by=OPERATOR)
            db.session.commit()
