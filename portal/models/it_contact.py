"""Who in a company's IT hears of what needs doing, without an account here; and what was said to whom already."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.extensions import Model
from portal.models.base import Created, Id, Line, OrganizationId, Short, Time, owned


class ItContact(Model):
    """`trusted_at`: an admin vouches for the address, so that links which open something may be mailed to it. Whoever a
    setup link named is told words only, until then."""

    __tablename__ = "it_contacts"
    __table_args__ = (owned(), sa.UniqueConstraint("organization_id", "email_key", name="uq_it_contacts_email"))

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    email: Mapped[Line]
    email_key: Mapped[Line]
    wants_deadlines: Mapped[bool] = mapped_column(default=True)
    wants_alarms: Mapped[bool] = mapped_column(default=True)
    added_by: Mapped[Line] = mapped_column(default="")
    trusted_at: Mapped[Time | None]
    created_at: Mapped[Created]

    @property
    def trusted(self) -> bool:
        return self.trusted_at is not None


class Reminder(Model):
    """One thing that ends, told `days` before: the row is what makes a notice go out once, however often one looks."""

    __tablename__ = "reminders"
    __table_args__ = (sa.UniqueConstraint("organization_id", "kind", "key", "days", name="uq_reminders_once"),)

    id: Mapped[Id]
    organization_id: Mapped[OrganizationId]
    kind: Mapped[Short]
    key: Mapped[Line]
    days: Mapped[int]
    ends_at: Mapped[Time]
    at: Mapped[Created]
