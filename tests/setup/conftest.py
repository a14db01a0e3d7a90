"""A company in the middle of its set-up: every wizard's run, with what a test sign-in and an IdP bring."""

import hashlib
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import DirectoryGroup, DirectoryGroupMember, DirectoryKind, Exchange, Mode, Protocol, User
from portal.models.base import key, now
from portal.organizations import connections, directories, setup_links, setup_runs
from portal.organizations.actors import OPERATOR, Actor, Door
from tests.factories import provision
from tests.saml.conftest import configuration, place, reply
from tests.saml.conftest import post as post_answer
from wizards import loading

ADMIN = Actor(Door.SETUP, "1", "Ada")
GUIDES = loading.load_all()
EVERY_FLOW = pytest.mark.parametrize(
    ("idp", "flow"), [(wizard.id, flow) for wizard in GUIDES.values() for flow in wizard.flows]
)
NAMES = [
    ("email", ("ada@acme.example",)),
    ("firstName", ("Ada",)),
    ("lastName", ("Lovelace",)),
    ("groups", ("Engineering", "Staff")),
]


@pytest.fixture
def ada(acme):
    return db.session.scalars(db.select(User).where(User.email == "ada@acme.example")).one()


@pytest.fixture
def admin(client, ada, sign_in):
    """A browser in which Ada, an owner of Acme, is signed in."""
    sign_in(client, ada)
    return client


@pytest.fixture
def begin(acme):
    """begin(idp): a run for sign-in that has its connection."""

    def begin(idp="okta"):
        run = setup_runs.for_sign_in(acme, idp, by=ADMIN, name=GUIDES[idp].name)
        db.session.commit()
        return run

    return begin


@pytest.fixture
def live(begin, acme):
    """live(idp): sign-in is live, and a directory waits for its IdP."""

    def live(idp="okta"):
        run = begin(idp)
        connection = connection_of(run)
        connections.stage(connection, configuration(), by=ADMIN)
        connections.go_live(connection, by=OPERATOR)
        half = GUIDES[idp].provisioning
        kind = DirectoryKind(half.source) if half else DirectoryKind.SCIM
        run = setup_runs.for_provisioning(acme, idp, by=ADMIN, name=GUIDES[idp].name, kind=kind)
        for step in half.steps if half else ():
            if step.field:
                setup_runs.answer(run, step.field, step.options[0].id)
        db.session.commit()
        return run

    return live


@pytest.fixture
def holder(app, acme):
    """holder(**link): a browser that opened a setup link and pressed Start; and the link."""

    def holder(organization=acme, **values):
        link, url = setup_links.create(organization, by=ADMIN, **values)
        db.session.commit()
        browser = app.test_client()
        path = url.removeprefix("http://localhost:8080")
        assert browser.submit(path).status_code == 303
        return browser, link

    return holder


def connection_of(run):
    return connections.get(run.connection_id)


def directory_of(run):
    return directories.get(run.directory_id)


def at(run, flow, step, tail=""):
    return f"/setup/run/{run.id}/{flow}/{step}{tail}"


def answer_choices(run, flow, wanted):
    """The answers that make a step appear, as its condition names them."""
    for term in GUIDES[run.idp].flow(flow).step(wanted).when.terms:
        if term.value is not None and "." not in term.fact and term.fact != "variant":
            setup_runs.answer(run, term.fact, term.value if term.wanted else "something else")
    db.session.commit()


def test_sign_in(browser, connection, **changes):
    """The whole test sign-in over HTTP: the button, the IdP's signed answer, back."""
    started = press_test(browser, connection)
    return post_answer(browser, connection, reply(connection, started.request_id, **changes).encoded(), str(started.id))


test_sign_in.__test__ = False


def press_test(browser, connection):
    from portal.models import LoginTransaction

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(browser.application.config, "WTF_CSRF_ENABLED", False)
        assert browser.post(place(connection, "test")).status_code in (200, 303)
    return db.session.scalars(db.select(LoginTransaction).order_by(LoginTransaction.created_at.desc())).first()


def passed(run):
    """A test that passed with the configuration held now."""
    test = connections.begin_test(connection_of(run), by=ADMIN)
    report = {"passed": True, "lines": [{"id": "status", "ask": "Did it?", "level": "error", "ok": True}]}
    report |= {"attributes": {name: list(values) for name, values in NAMES}, "suggestions": {"email": "email"}}
    report |= {"name_id": "ada@acme.example", "email": "ada@acme.example", "clock_seconds": 0, "xml": ""}
    connections.finish_test(test, connection_of(run), passed=True, report=report, by=ADMIN)
    db.session.commit()
    return test


passed.__test__ = False


def staged(run, **changes):
    connections.stage(connection_of(run), configuration(**changes), by=ADMIN)
    db.session.commit()


def called(directory, method="GET", path="Users", status=200, **changes):
    """One request of the IdP, as the SCIM door records it: `path` is what follows the base URL."""
    exchange = Exchange(
        organization_id=directory.organization_id, directory_id=directory.id, protocol=Protocol.SCIM, method=method,
        path=path, status=status, milliseconds=14, **changes,
    )  # fmt: skip
    db.session.add(exchange)
    if status != 401:
        directory.last_request_at = now()
    db.session.commit()
    return exchange


def call(app, directory, path="Users", token=""):
    """A real request through the SCIM door."""
    headers = {"Authorization": token} if token else {}
    return app.test_client().get(f"/scim/v2/{directory.id}/{path}", headers=headers)


def send_group(directory, name, *people):
    group = DirectoryGroup(
        organization_id=directory.organization_id, directory_id=directory.id, display_name=name,
        display_name_key=key(name), data={},
    )  # fmt: skip
    db.session.add(group)
    db.session.flush()
    for person in people:
        db.session.add(
            DirectoryGroupMember(
                organization_id=directory.organization_id, group_id=group.id, directory_user_id=person.id
            )
        )
    db.session.commit()
    return group


def send_people(directory, *names):
    assert directory.mode is not Mode.LIVE
    return [provision(directory, f"{name}@acme.example") for name in names]


def everything():
    """A fingerprint of every row there is."""
    hashed = hashlib.sha256()
    for table in db.metadata.sorted_tables:
        for row in db.session.execute(sa.select(table).order_by(*table.primary_key.columns)):
            hashed.update(repr(tuple(row)).encode())
    db.session.rollback()
    return hashed.hexdigest()


@contextmanager
def counted(limit):
    """No page asks the database more than this."""
    seen = []

    def note(_connection, _cursor, statement, *_):
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK", "PRAGMA")):
            seen.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    assert len(seen) <= limit, f"{len(seen)} queries:\n" + "\n".join(seen)
