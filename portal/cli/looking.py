"""Looking at the TXT records of domains again, for the worker: nothing is held in the database while the DNS is asked."""

import uuid

from portal.extensions import db
from portal.models import Domain
from portal.organizations import domain_checks, domains
from portal.organizations.actors import Actor, Door
from portal.organizations.domains import Resolve
from portal.organizations.refusals import DnsSilent

WORKER = Actor(Door.WORKER)


def look_at_due(resolve: Resolve = domains.txt) -> int:
    """How many were looked at."""
    due = [(domain.id, domain.record_name) for domain in domain_checks.take_due()]
    db.session.commit()
    for domain_id, name in due:
        _look(domain_id, name, resolve)
        db.session.commit()
    return len(due)


def _look(domain_id: uuid.UUID, name: str, resolve: Resolve) -> None:
    try:
        records = resolve(name)
    except DnsSilent:
        records = None
    domain = db.session.get(Domain, domain_id, with_for_update=True, populate_existing=True)
    if domain is None:
        return
    if records is None:
        domain_checks.note_silence(domain)
    else:
        domain_checks.note(domain, records, by=WORKER)
