"""/metrics, and who may read it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from portal.extensions import db
from portal.organizations import members
from portal.organizations.actors import OPERATOR
from tests.factories import add_member

HERE, THERE = {"REMOTE_ADDR": "127.0.0.1"}, {"REMOTE_ADDR": "203.0.113.7"}


def samples(answer):
    families = text_string_to_metric_families(answer.text)
    return {
        (one.name, *sorted(one.labels.values())): one.value for family in families for one in family.samples
    }  # fmt: skip


def test_this_machine_reads_what_prometheus_can_read(client, acme):
    members.suspend(add_member(acme, "bo@acme.example"), by=OPERATOR)
    db.session.commit()
    client.get("/healthz")

    found = samples(client.get("/metrics", environ_overrides=HERE))

    assert found["vestibule_members", "active"] == found["vestibule_members", "suspended"] == 1
    assert found["vestibule_organizations",] == found["vestibule_deprovisionings",] == 1
    assert found["vestibule_time_to_no_access_seconds", "0.95"] < 5
    assert found["vestibule_requests_total", "2xx", "GET", "web"] >= 1
    assert found["vestibule_request_seconds_count", "web"] >= 1


def test_nobody_else_finds_it(client):
    assert client.get("/metrics", environ_overrides=THERE).status_code == 404
    behind = {"X-Forwarded-For": "203.0.113.7"}
    assert client.get("/metrics", environ_overrides=HERE, headers=behind).status_code == 404


@pytest.mark.parametrize(("given", "status"), [("Bearer right", 200), ("Bearer wrong", 404), ("", 404)])
def test_with_a_token_whoever_has_it_reads_from_anywhere(make_app, given, status):
    client = make_app(metrics_token="right").test_client()

    assert client.get("/metrics", environ_overrides=THERE, headers={"Authorization": given}).status_code == status
    assert client.get("/metrics", environ_overrides=HERE).status_code == 404
