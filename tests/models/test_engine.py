"""No acknowledged change is lost, however many write at once (design.md §8.1)."""

from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Organization, User
from portal.models.engine import begin_writing
from portal.organizations import users
from portal.organizations.actors import OPERATOR
from portal.organizations.refusals import EmailTaken
from tests.factories import make_organization

WRITERS, ROUNDS = 4, 25


def test_every_read_modify_write_counts(app):
    organization_id = make_organization("Counter").id
    db.session.commit()

    def count_up(_):
        for _ in range(ROUNDS):
            with app.app_context():
                row = db.session.scalars(
                    sa.select(Organization).where(Organization.id == organization_id).with_for_update()
                ).one()
                row.seats = (row.seats or 0) + 1
                db.session.commit()

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(count_up, range(WRITERS)))

    db.session.expire_all()
    assert db.session.get(Organization, organization_id).seats == WRITERS * ROUNDS


def test_one_user_of_an_address_under_any_concurrency(app):
    def create(_):
        with app.app_context():
            try:
                users.create("ada@acme.example", by=OPERATOR)
                db.session.commit()
            except EmailTaken:
                return False
            return True

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(create, range(24)))

    assert made.count(True) == 1
    assert db.session.scalar(sa.select(sa.func.count()).select_from(User)) == 1


def test_a_view_that_only_reads_does_not_take_the_writers_lock(app):
    with app.test_request_context("/"):
        db.session.execute(sa.text("SELECT 1"))
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_create, app).result(timeout=5)
        db.session.rollback()


def test_a_reading_view_may_begin_to_write(app):
    with app.test_request_context("/"):
        db.session.execute(sa.select(User)).all()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(_create, app).result(timeout=5)
        begin_writing()
        users.create("grace@acme.example", by=OPERATOR)
        db.session.commit()
        assert len(db.session.scalars(sa.select(User)).all()) == 2


def _create(app):
    with app.app_context():
        users.create("ada@acme.example", by=OPERATOR)
        db.session.commit()
