"""Ids sort by time, keys compare without case, times are aware UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from portal.extensions import db
from portal.models import User
from portal.models.base import key, new_id, now
from tests.factories import make_user


def test_an_id_is_a_uuid_of_version_7_with_the_present_time():
    made = new_id()

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert abs((made.int >> 80) / 1000 - datetime.now(UTC).timestamp()) < 2


def test_ids_made_one_after_the_other_sort_so():
    made = [new_id() for _ in range(1000)]

    assert [one.int >> 64 for one in made] == sorted(one.int >> 64 for one in made)
    assert len(set(made)) == 1000


@pytest.mark.parametrize(
    ("one", "other"),
    [("Éva", "éva"), ("STRASSE", "straße"), ("ﬁnn", "FINN"), ("ΜΆΪΟΣ", "μάϊος"), (" a ", "A"), ("Ａｄａ", "ada")],
)
def test_what_differs_in_case_only_has_one_key(one, other):
    assert key(one) == key(other)


@given(st.text(max_size=50))
def test_a_key_is_its_own_key(text):
    assert key(key(text)) == key(text)


def test_a_time_comes_back_aware_and_in_utc(app):
    elsewhere = datetime(2026, 1, 31, 12, tzinfo=timezone(timedelta(hours=5)))
    user = make_user("ada@acme.example")
    user.email_verified_at = elsewhere
    db.session.commit()
    db.session.expire_all()

    assert user.email_verified_at == elsewhere
    assert user.email_verified_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(app):
    make_user("ada@acme.example").email_verified_at = datetime(2026, 1, 31)  # noqa: DTZ001

    with pytest.raises(sa.exc.StatementError, match="aware UTC"):
        db.session.flush()


def test_times_compare_in_the_database(app):
    make_user("ada@acme.example")

    assert db.session.scalars(sa.select(User).where(User.created_at <= now())).one()
    assert not db.session.scalars(sa.select(User).where(User.created_at > now() + timedelta(minutes=1))).all()
