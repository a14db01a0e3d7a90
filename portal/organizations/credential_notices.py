"""Mails that tell a person how they sign in was changed, so that they notice when it was not them."""

from functools import partial

from portal.models import User
from portal.organizations import mail
from portal.settings import current
from portal.words import LazyString, _


def tell(user: User, what: LazyString) -> None:
    """`what` is a whole sentence without secrets, said lazily, such as “The passkey “Laptop” was added.”"""
    mail.write(user.email, user.language, partial(_composed, what))


def _composed(what: LazyString) -> tuple[str, str]:
    unexpected = _(
        "If this was not you, sign in, end your other sessions under Security, and choose a new password:\n\n%(url)s\n",
        url=f"{current().public_url}/account/security",
    )
    return _("How you sign in to %(app)s was changed", app=current().app_name), f"{what}\n\n{unexpected}"
