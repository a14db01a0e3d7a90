"""The small world of the demo: one company with an owner, somebody of support, and three practice identity providers."""

from portal.extensions import db
from portal.models import OWNER, User
from portal.organizations import domains, members, organizations, passwords, roles, users
from portal.organizations.actors import OPERATOR
from portal.practice import tenants
from portal.practice.others import GOOGLE
from portal.practice.personalities import ENTRA, OKTA

COMPANY, DOMAIN = "Acme", "acme.example"
OWNER_EMAIL, STAFF_EMAIL = f"ada@{DOMAIN}", "sam@support.example"
PASSWORD = "welcome-to-the-hall"


def seed() -> None:
    """Again and again with the same end: what is there stays as it is."""
    owner = _person(OWNER_EMAIL, "Ada Lovelace")
    _person(STAFF_EMAIL, "Sam of support", staff=True)
    if organizations.find(COMPANY.lower()) is None:
        company = organizations.create(COMPANY, by=OPERATOR)
        domains.verify_by_staff(domains.claim(company, DOMAIN, by=OPERATOR), by=OPERATOR)
        members.add(company, owner, by=OPERATOR, role=roles.get(OWNER))
    there = {row.personality for row in tenants.listed()}
    for personality in (OKTA, ENTRA, GOOGLE):
        if personality.id not in there:
            tenants.create(personality, COMPANY, DOMAIN)
    db.session.commit()


def _person(email: str, name: str, *, staff: bool = False) -> User:
    if found := users.find(email):
        return found
    user = users.create(email, by=OPERATOR, name=name, staff=staff, verified=True)
    passwords.set_for(user, PASSWORD, by=OPERATOR)
    return user


def addresses_of_before(public_url: str) -> str:
    """Where this world was played before, if that was at another address than now: what was pasted leads there."""
    for row in tenants.listed():
        tenant = tenants.find(row.id)
        pasted = tenant.cast.app.acs_url if tenant else ""
        if pasted and not pasted.startswith(f"{public_url}/"):
            return pasted.partition("/saml/")[0]
    return ""
