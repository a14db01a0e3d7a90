"""Test sign-ins: they prove a configuration, and create no session and nobody."""

from portal.models import (
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    LoginTransaction,
)
from portal.models.base import now
from portal.organizations import connections, logins
from portal.organizations.actors import Actor
from portal.organizations.refusals import AssertionUsed, NoConfiguration, UnknownLogin
from portal.organizations.test_reports import Report, Setting, setting_of
from portal.saml import inspection, report
from portal.saml.inspection import Inspection
from portal.saml.posted import Post
from portal.words import _l


def finish(connection: Connection, login: LoginTransaction, post: Post, *, by: Actor) -> ConnectionTest:
    test = logins.test_of(login)
    if test is None:
        raise UnknownLogin
    configuration = logins.configuration_of(connection, test.config_hash)
    if configuration is None:
        raise UnknownLogin(_l("The configuration changed since this test was started. Start the test again."))
    minutes = int((now() - login.created_at).total_seconds() // 60)
    written = _judge(connection, configuration, post, login, setting_of(connection, login.target, minutes))
    connections.finish_test(test, connection, passed=written.passed, report=written.dump(), by=by)
    logins.answer(login, {})
    return test


def finish_unasked(connection: Connection, post: Post, *, by: Actor) -> ConnectionTest:
    """An answer from the IdP's own page tests a draft as well (wizards.md §2.4 step 5)."""
    test = connections.begin_test(connection, by=by)
    configuration = logins.configuration_of(connection, test.config_hash)
    if configuration is None:
        raise NoConfiguration
    written = _judge(connection, configuration, post, None, setting_of(connection, "", 0))
    connections.finish_test(test, connection, passed=written.passed, report=written.dump(), by=by)
    return test


def _judge(
    connection: Connection,
    configuration: ConnectionConfiguration,
    post: Post,
    login: LoginTransaction | None,
    setting: Setting,
) -> Report:
    provider = post.judged(connection, configuration)
    asked = (login.request_id, login.created_at) if login else (None, None)
    seen = inspection.inspect(provider, post.encoded, *asked)
    _use_up(connection, seen)
    return report.write(seen, provider, setting)


def _use_up(connection: Connection, seen: Inspection) -> None:
    """An assertion that passed as a test must not sign anybody in later, nor pass again."""
    if not seen.accepted or seen.person is None or seen.person.not_on_or_after is None:
        return
    try:
        logins.use_assertion(connection, seen.person.assertion_id, seen.person.not_on_or_after)
    except AssertionUsed as used:
        seen.refuse("answer-to-our-question", "replayed", str(used))
