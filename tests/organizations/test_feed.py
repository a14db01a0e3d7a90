"""The feed never skips an event, never repeats one, and never changes its order, whoever commits when."""

import threading

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Event, Organization
from portal.organizations import events, feed
from portal.organizations.actors import OPERATOR
from tests import databases

WRITERS, READERS, COMMITS = 4, 2, 60


def say(organization_id, name="test.said", **data):
    return events.record(name, organization_id, None, by=OPERATOR, **data)


def follow(after=0, **asked):
    """What a reader gets who places, reads and goes on until the end."""
    feed.place()
    db.session.commit()
    found, stretch = [], feed.read(after, limit=7, **asked)
    while True:
        found += stretch.events
        after = stretch.next
        if not stretch.more:
            return found, after
        stretch = feed.read(after, limit=7, **asked)


def test_a_reader_sees_every_event_once_in_order(acme):
    for number in range(20):
        say(acme.id, number=number)
    db.session.commit()
    found, after = follow()
    say(acme.id, number=20)
    db.session.commit()
    later, _ = follow(after)

    said = [event.data["number"] for event in found + later if event.name == "test.said"]
    assert said == list(range(21))
    assert [event.position for event in found + later] == list(range(1, len(found + later) + 1))
    assert follow(after + 1)[0] == []


def test_the_cursor_goes_on_where_nothing_matched(acme, globex):
    say(globex.id, "test.heard")
    db.session.commit()
    found, after = follow(organization_id=acme.id, names=["test.*"])

    assert found == []
    assert after == feed.end()
    assert [event.name for event in follow(names=["test.heard", "member.*"])[0]] == [
        "member.added",
        "member.added",
        "test.heard",
    ]


def test_positions_are_not_given_twice_when_an_organization_goes(acme, globex):
    feed.place()
    last = feed.end()
    db.session.execute(sa.delete(Event).where(Event.organization_id == globex.id))
    say(acme.id)
    db.session.commit()

    assert [event.position for event in follow(last)[0]] == [last + 1]


def test_an_event_that_commits_late_is_not_passed(acme, app):
    """Made first, committed last: by its id it would stand before what the reader has seen already."""
    if not databases.POSTGRESQL:
        return  # SQLite has one writer at a time: nothing commits late
    with sa.orm.Session(db.engine) as slow:
        late = Event(organization_id=acme.id, name="test.late", door="console", data={})
        slow.add(late)
        slow.flush()
        say(acme.id, "test.early")
        db.session.commit()
        found, after = follow()
        slow.commit()
        later, _ = follow(after)
        assert late.id < found[-1].id

    assert found[-1].name == "test.early"
    assert [event.name for event in later] == ["test.late"]


def test_nothing_is_skipped_or_repeated_while_many_write_and_read(app, acme, globex):
    done, trouble = threading.Event(), []
    read = [[] for _ in range(READERS)]
    companies = [acme.id, globex.id]

    def within_app(work, *given):
        with app.app_context():
            try:
                work(*given)
            except Exception as error:
                trouble.append(error)

    writers = [
        threading.Thread(target=within_app, args=(_write, number, companies[number % 2])) for number in range(WRITERS)
    ]
    readers = [threading.Thread(target=within_app, args=(_read_on, seen, done)) for seen in read]
    db.session.commit()
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()

    assert not trouble
    expected = {(writer, number) for writer in range(WRITERS) for number in range(COMMITS * 2)}
    for seen in read:
        assert len(seen) == len(expected)
        assert set(seen) == expected
        assert seen == read[0]
        for writer in range(WRITERS):
            assert [number for by, number in seen if by == writer] == list(range(COMMITS * 2))


def _write(writer, organization_id):
    """Two events in one transaction, with a change of the organization's row beside them, as verbs do."""
    for turn in range(COMMITS):
        say(organization_id, writer=writer, number=turn * 2)
        db.session.flush()
        if turn % 3 == 0:
            db.session.execute(sa.update(Organization).values(seats=turn).where(Organization.id == organization_id))
        say(organization_id, writer=writer, number=turn * 2 + 1)
        db.session.commit()


def _read_on(seen, done):
    after, last_round = 0, False
    while True:
        found, after = follow(after, names=["test.said"])
        seen += [(event.data["writer"], event.data["number"]) for event in found]
        db.session.rollback()
        if last_round:
            return
        last_round = done.is_set()
