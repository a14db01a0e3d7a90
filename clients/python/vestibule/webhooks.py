"""Webhooks as they arrive: whether the Vestibule sent them (Standard Webhooks), and what they tell."""

from collections.abc import Mapping, Sequence

from standardwebhooks import Webhook, WebhookVerificationError

from vestibule.events import Event
from vestibule.refusing import Unauthorized


class Webhooks:
    """`secrets` as shown when the webhook was made, `whsec_…`; two of them while one is replaced."""

    def __init__(self, *secrets: str) -> None:
        if not secrets:
            raise ValueError("give the webhook's secret")
        self.receivers: Sequence[Webhook] = [Webhook(secret) for secret in secrets]

    def read(self, body: bytes, headers: Mapping[str, str]) -> Event:
        """The event; `Unauthorized` when the message is forged or older than five minutes. The same event may come twice:
        its `id` says so."""
        lower = {name.lower(): value for name, value in headers.items()}
        for receiver in self.receivers:
            try:
                return Event.read(receiver.verify(body, lower))
            except WebhookVerificationError:
                continue
        raise Unauthorized("This webhook was not signed by the Vestibule, or long ago.")
