"""Mails that tell a person how they sign in was changed, so that they notice when it was not them."""

from portal.models import User
from portal.organizations import mail
from portal.settings import current

UNEXPECTED = (
    "If this was not you, sign in, end your other sessions under Security, and choose a new password:\n\n"
    "{url}/account/security\n"
)


def tell(user: User, what: str) -> None:
    """`what` is a whole sentence without secrets, such as “The passkey “Laptop” was added.”"""
    app_name = current().app_name
    body = f"{what}\n\n{UNEXPECTED.format(url=current().public_url)}"
    mail.queue(user.email, f"How you sign in to {app_name} was changed", body)
