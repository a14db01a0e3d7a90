"""Moving in can be rehearsed, cut off and done twice; a hostile file is told, and never a trace."""

import json
import os
import pty
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryUser, Event, Membership, Organization, User
from portal.moving_in import files, running, writing
from portal.moving_in.shape import Notes, Options
from tests import databases
from tests.cli.test_commands import answer, flask
from tests.moving_in import exports
from tests.moving_in.conftest import everything
from tests.moving_in.test_readers import EVERY

__all__ = ["flask"]

every_source = pytest.mark.parametrize("source", EVERY)


@every_source
def test_a_dry_run_changes_nothing_and_says_what_a_run_does(move_in, source):
    make, options = EVERY[source]
    before = everything()

    said = move_in(source, make(), dry_run=True, **options)
    assert everything() == before
    done = move_in(source, make(), **options)

    assert said["dry_run"]
    wanted = {noun: counts for noun, counts in done["counts"].items() if noun != "group"}
    assert said["counts"] == wanted


@every_source
def test_the_second_time_nothing_is_changed(move_in, source):
    make, options = EVERY[source]
    move_in(source, make(), **options)
    before = everything()

    again = move_in(source, make(), **options)

    assert everything() == before
    assert not any(counts["created"] or counts["linked"] for counts in again["counts"].values())


def test_a_dry_run_counts_somebody_of_two_organizations_once(move_in):
    row = {"email": "ada@initech.example", "user_id": "1", "org_id_to_org_info": {"a": {}, "b": {}}}
    export = {"orgs": [{"org_id": "a", "name": "A"}, {"org_id": "b", "name": "B"}], "users": [row]}

    said, done = move_in("propelauth", export, dry_run=True), move_in("propelauth", export)

    assert (
        said["counts"]["person"] == done["counts"]["person"] == {"created": 1, "linked": 1, "skipped": 0, "refused": 0}
    )


def test_people_of_an_existing_account_are_told_apart(move_in, acme):
    rows = [
        {"email": "ada@acme.example", "user_id": "1", "org_id_to_org_info": {"a": {"user_role": "Pilot"}}},
        {"email": "not an address", "user_id": "2", "org_id_to_org_info": {"a": {}}},
        {"email": "ADA@acme.example", "user_id": "3", "org_id_to_org_info": {"a": {}}},
        {"email": "off@acme.example", "user_id": "4", "enabled": False, "org_id_to_org_info": {"a": {}}},
    ]

    report = move_in("propelauth", {"orgs": [{"org_id": "a", "name": "A"}], "users": rows})

    assert report["counts"]["person"] == {"created": 1, "linked": 1, "skipped": 0, "refused": 2}
    why = [line["why"] for line in report["organizations"][0]["lines"] if line["noun"] == "person"]
    assert why == [
        "Their role “pilot” is not known here.",
        "This is not an e-mail address.",
        "The export names them twice.",
    ]
    assert (
        db.session.scalars(sa.select(Membership.status).where(Membership.email == "off@acme.example")).one()
        == "suspended"
    )


@pytest.fixture
def crowd(written):
    """One organization with many people and a directory."""
    rows = [
        {
            "email": f"person{n}@crowd.example",
            "user_id": str(n),
            "email_confirmed": True,
            "org_id_to_org_info": {"a": {}},
        }
        for n in range(4000)
    ]
    return written({"orgs": [{"org_id": "a", "name": "Crowd"}], "users": rows})


def test_one_that_is_killed_goes_on_where_it_was(flask, crowd, app, tmp_path, migrated):
    env = os.environ | {
        "DATABASE_URL": app.config["SETTINGS"].database, "SECRET_KEY": "test " * 8, "INSTANCE_PATH": str(tmp_path),
        "ENCRYPTION_KEYS": app.config["SETTINGS"].fernet_keys[0], "PUBLIC_URL": "https://login.example.com",
    }  # fmt: skip
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "import", "propelauth", *map(str, crowd)]
    db.session.rollback()
    running = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    until(lambda: count(Membership) > 0)
    running.send_signal(signal.SIGKILL)
    running.communicate()
    before = count(Membership)

    said = answer(flask("import", "propelauth", *map(str, crowd), "--json"))

    assert 0 < before <= 4000
    assert said["counts"]["person"] == {"created": 4000 - before, "linked": 0, "skipped": before, "refused": 0}
    assert said["counts"]["organization"]["skipped"] == 1
    assert (count(Organization), count(User), count(Membership)) == (1, 4000, 4000)
    told = sa.select(sa.func.count(sa.distinct(Event.subject_id))).where(Event.name == "member.added")
    assert db.session.scalar(told) == 4000


def count(model):
    db.session.rollback()
    found = db.session.scalar(sa.select(sa.func.count()).select_from(model))
    db.session.rollback()
    return found


def until(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_command_prints_one_object_or_words_and_nothing_else(flask, written):
    paths = [str(path) for path in written(exports.polis())]

    dry = answer(flask("import", "polis", *paths, "--dry-run", "--json"))
    status, words, wrong = flask("import", "polis", *paths, "--verified")

    assert dry["dry_run"]
    assert dry["counts"]["organization"]["created"] == 1
    assert (status, wrong) == (0, "")
    assert "initech.example" in words
    assert "connection Okta: created. Live." in words
    assert exports.SECRET not in words


def test_on_a_terminal_a_bar_is_shown_beside_the_one_object(flask, written, app, tmp_path):
    """`flask` sets up the database only; the terminal is ours."""
    ours, theirs = pty.openpty()
    env = os.environ | {
        "DATABASE_URL": app.config["SETTINGS"].database, "SECRET_KEY": "test " * 8, "INSTANCE_PATH": str(tmp_path),
        "ENCRYPTION_KEYS": app.config["SETTINGS"].fernet_keys[0], "PUBLIC_URL": "https://login.example.com", "TERM": "xterm",
    }  # fmt: skip
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "import",
        "auth0",
        *map(str, written(exports.auth0())),
        "--json",
    ]
    db.session.rollback()

    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=theirs, check=True)
    shown = os.read(ours, 10_000).decode()

    assert json.loads(done.stdout)["counts"]["person"]["created"] == 2
    assert "Moving in" in shown
    assert "100%" in shown


def test_aliases_are_listed_and_taken_away(flask, written):
    answer(flask("import", "polis", *map(str, written(exports.polis())), "--json"))

    found = answer(flask("alias", "list", "initech-example", "--json"))
    acs = next(id for id, words in found.items() if words.startswith("acs "))
    gone = answer(flask("alias", "remove", acs, "--json"))

    assert sorted(words.partition(" ")[0] for words in found.values()) == ["acs", "entity_id", "scim"]
    assert gone == {"id": acs, "kind": "acs", "value": f"{exports.OLD}/api/oauth/saml"}
    assert len(answer(flask("alias", "list", "initech-example", "--json"))) == 2
    assert flask("alias", "remove", acs)[0] == 1


HOSTILE = {
    "empty": "", "words": "hello", "half": '{"orgs": [', "page": "<html></html>", "infinity": '{"orgs": [{"org_id": NaN}]}',
    "deep": "[" * 100_000, "binary": "\x00\x01",
}  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_export_is_refused_in_words(written, app, text):
    with pytest.raises(files.Unreadable) as refused:
        running.read("propelauth", written([text]), Options(), Notes())

    assert str(refused.value).startswith("0.json")


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path, app):
    (tmp_path / "latin").write_bytes(b'{"name": "\xe9"}')

    for name in ("nothing", "latin", "."):
        with pytest.raises(files.Unreadable):
            running.read("polis", [tmp_path / name], Options(), Notes())


STRANGE = [None, True, 5, -1.5, "", "text", [], {}, ["x"], {"a": {"b": []}}, "\x00", "\ud800", "a" * 5000, 10**30]


@every_source
@pytest.mark.parametrize("odd", STRANGE, ids=lambda odd: repr(odd)[:12])
def test_values_of_every_kind_in_every_place_end_in_words(app, written, source, odd):
    """One value after the other is replaced, at every depth."""
    make, options = EVERY[source]
    for number, changed in enumerate(replaced(make(), odd)):
        if number % 7 != STRANGE.index(odd) % 7:
            continue
        notes = Notes()
        export = running.read(source, written(changed), Options(**options), notes)
        report = running.run(export, writing.Writer(source), lambda _: None, dry_run=False)
        assert json.dumps(report.dump())
        databases.empty()


def replaced(documents, odd):
    for path in list(places(documents)):
        copy = json.loads(json.dumps(documents))
        inner = copy
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = odd
        yield copy


def places(value, path=()):
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in pairs:
        if path:
            yield (*path, name)
        yield from places(inner, (*path, name))


def test_a_hundred_thousand_rows_are_read_and_rehearsed_quickly(written, app):
    rows = "\n".join(
        json.dumps({"user_id": f"auth0|{n}", "email": f"p{n}@crowd.example", "passwordHash": exports.HASH, "extra": n})
        for n in range(100_000)
    )
    began, notes = time.monotonic(), Notes()

    export = running.read("auth0", written([rows]), Options(), notes)
    report = running.run(export, writing.Writer("auth0"), lambda _: None, dry_run=True)

    assert report.counts["person", "created"] == 100_000
    assert notes.said() == [("user: extra", "not carried over (100000 times)")]
    assert time.monotonic() - began < 60


def test_ids_that_somebody_else_has_are_not_given_again(move_in):
    move_in("polis", exports.polis())
    other = exports.polis("globex.example", directory="other")
    other["directories"][0]["scim"] |= {"secret": "x" * 32}

    report = move_in("polis", other)

    assert report["counts"]["directory user"]["created"] == 2
    assert count(DirectoryUser) == 4


def test_a_token_that_another_directory_has_is_refused(move_in):
    move_in("polis", exports.polis())

    report = move_in("polis", exports.polis("globex.example", directory="other"))

    (line,) = [line for line in report["organizations"][0]["lines"] if line["noun"] == "directory"]
    assert "Another directory has this token already." in line["why"]
