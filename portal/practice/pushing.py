"""What a practice IdP sends when something changes at it; problems are kept in its own admin's words."""

from collections.abc import Callable

from portal.organizations import secrets
from portal.practice.cast import Cast, Group, Person
from portal.practice.scim_client import Failed, ScimClient
from portal.practice.tenants import Tenant

Work = Callable[[ScimClient], None]


def connect(tenant: Tenant, base_url: str, token: str) -> None:
    """Keep address and token, and test them as the console's button does. Another address is another server: whoever was
    pushed to the old one was not pushed to this one."""
    provisioning = tenant.cast.provisioning
    if base_url != provisioning.base_url:
        forget_pushed(tenant.cast)
    provisioning.base_url, provisioning.token = base_url, secrets.encrypt(token)
    send(tenant, lambda client: client.test())
    provisioning.connected = not tenant.problems


def forget_pushed(cast: Cast) -> None:
    for person in cast.people:
        person.remote_id = ""
    for group in cast.groups:
        group.remote_id, group.pushed = "", []


def push_everybody(tenant: Tenant) -> None:
    """One person's problem does not keep the others waiting."""
    for person in tenant.cast.people:
        push_person(tenant, person)


def push_person(tenant: Tenant, person: Person) -> None:
    """Whoever may not use the application and was never sent there is none of its business."""
    if tenant.cast.provisioning.connected and (person.in_use or person.remote_id):
        send(tenant, lambda client: client.push(person))


def delete_person(tenant: Tenant, person: Person) -> None:
    if tenant.cast.provisioning.connected:
        send(tenant, lambda client: client.delete(person))
    if not tenant.problems:
        tenant.cast.remove(person)


def push_groups(tenant: Tenant) -> None:
    for group in tenant.cast.groups:
        push_group(tenant, group)


def push_group(tenant: Tenant, group: Group) -> None:
    """Only members the application knows: groups follow people."""
    members = [person for person in tenant.cast.members_of(group) if person.remote_id]
    if tenant.cast.provisioning.connected:
        send(tenant, lambda client: client.push_group(group, members))


def delete_group(tenant: Tenant, group: Group) -> None:
    if tenant.cast.provisioning.connected:
        send(tenant, lambda client: client.delete_group(group))
    if not tenant.problems:
        tenant.cast.groups.remove(group)


def send(tenant: Tenant, work: Work) -> None:
    client = tenant.client()
    try:
        work(client)
    except Failed as failure:
        tenant.problems.append(str(failure))
    tenant.remember(client.transcript)
