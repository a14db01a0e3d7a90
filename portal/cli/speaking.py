"""How commands answer: words for people, one JSON object for programs, errors on standard error with status 1."""

import functools
import json
import sys
from collections.abc import Callable
from typing import NoReturn

import click

from portal.extensions import db
from portal.models import Organization
from portal.organizations import organizations
from portal.organizations.refusals import Refused

Answer = dict[str, object]


def speaks(command: Callable[..., Answer]) -> Callable[..., None]:
    """The command returns what to say; it is committed first, so that what is printed is true."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
    @functools.wraps(command)
    def speak(*args: object, as_json: bool, **kwargs: object) -> None:
        try:
            answer = command(*args, **kwargs)
            db.session.commit()
        except (Refused, LookupError, ValueError) as error:
            db.session.rollback()
            fail(str(error.args[0]) if error.args else str(error))
        say(answer, as_json=as_json)

    return speak


def say(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(answer))
        return
    width = max(map(len, answer), default=0)
    for name, value in answer.items():
        click.echo(f"{name.replace('_', ' '):<{width}}  {value}")


def fail(words: str) -> NoReturn:
    click.echo(f"error: {words}", err=True)
    sys.exit(1)


def organization_of(name: str) -> Organization:
    """ORG is an id or a slug."""
    if found := organizations.find(name):
        return found
    raise LookupError(f"there is no organization {name!r}; give its id or its slug")
