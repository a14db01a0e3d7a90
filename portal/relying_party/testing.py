"""Test sign-ins: they prove a configuration, and create no session and nobody."""

from portal.models import Connection, ConnectionTest, LoginTransaction
from portal.models.base import now
from portal.organizations import connections, logins
from portal.organizations.actors import Actor
from portal.organizations.refusals import UnknownLogin
from portal.organizations.test_reports import setting_of
from portal.relying_party import report
from portal.relying_party.answering import Seen
from portal.relying_party.client import Client


def finish(connection: Connection, login: LoginTransaction, us: Client, seen: Seen, *, by: Actor) -> ConnectionTest:
    test = logins.test_of(login)
    if test is None:
        raise UnknownLogin
    minutes = int((now() - login.created_at).total_seconds() // 60)
    written = report.write(seen, us, setting_of(connection, login.target, minutes))
    connections.finish_test(test, connection, passed=written.passed, report=written.dump(), by=by)
    return test
