"""Software that nobody here wrote finds no fault: scim2-tester's checks, and provisioning through scim2-client."""

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_models import EnterpriseUser, Group, User
from scim2_tester import Status, check_server

from portal.extensions import db
from portal.models import AttributeType
from portal.organizations import custom_attributes
from portal.organizations.actors import OPERATOR
from tests.factories import member_of


@pytest.fixture
def scim(app, idp, acme):
    """A discovering SCIM client that speaks WSGI to the application. The organization has attributes of its own; no numbers
    and times, for which scim2-tester makes up plain texts, and no lists, which it expects an addition to replace."""
    for type in (AttributeType.STRING, AttributeType.BOOLEAN):
        custom_attributes.define(acme, f"own{type.name}", by=OPERATOR, type=type)
    db.session.commit()
    client = WSGISCIMClient(
        app, base_url=f"http://localhost:8080{idp.base}", environ={"HTTP_AUTHORIZATION": f"Bearer {idp.token}"}
    )
    client.discover()
    return client


@pytest.mark.filterwarnings("default")
def test_scim2_tester_has_no_failure(scim):
    results = check_server(scim)

    failed = [
        f"{result.title}: {result.reason}"
        for result in results
        if result.status not in (Status.SUCCESS, Status.SKIPPED)
    ]
    assert not failed
    assert sum(result.status is Status.SUCCESS for result in results) > 60


def test_people_and_groups_are_provisioned_through_scim2_client(scim, acme):
    person = scim.create(User[EnterpriseUser](user_name="grace@acme.example", emails=[{"value": "grace@acme.example"}]))
    group = scim.create(Group(display_name="Engineering", members=[Group.Members(value=person.id)]))

    assert member_of(acme, "grace@acme.example").active
    assert [member.value for member in scim.query(Group, group.id).members] == [person.id]
