"""Is it there, and can it serve?"""

from unittest import mock

import pytest
import sqlalchemy as sa

from portal.extensions import db


def test_health_never_touches_the_database(client):
    with mock.patch.object(db.engine, "connect", side_effect=AssertionError("touched")):
        assert client.get("/healthz").json == {"status": "ok"}


def test_a_migrated_database_is_ready(client):
    assert (client.get("/readyz").status_code, client.get("/readyz").json) == (200, {"status": "ok"})


def test_a_database_behind_the_code_is_not_ready(client):
    before = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    db.session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    db.session.commit()

    answer = client.get("/readyz")

    db.session.execute(sa.text("UPDATE alembic_version SET version_num = :before"), {"before": before})
    db.session.commit()
    assert (answer.status_code, "upgrade" in answer.json["status"]) == (503, True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_both_are_open(client, path):
    assert client.get(path).status_code == 200
