"""Users, organizations and members of a Vestibule, for the application behind it.

`vestibule.flask`, `vestibule.fastapi` and `vestibule.django` guard views; `Api` and `AsyncApi` speak to the REST API; `Webhooks`
reads what webhooks bring. None of it knows how an organization manages its members.
"""

from vestibule.api import Api, ApiError, AsyncApi
from vestibule.events import Event
from vestibule.guarding import Forbidden, Guard, Refused, Unauthorized
from vestibule.identity import Organization, User
from vestibule.verifying import Verifier
from vestibule.webhooks import Webhooks

__all__ = [
    "Api", "ApiError", "AsyncApi", "Event", "Forbidden", "Guard", "Organization", "Refused", "Unauthorized", "User",
    "Verifier", "Webhooks",
]  # fmt: skip
