"""/webhooks: addresses of the application that are told what happens, and what they did not hear."""

import uuid
from datetime import datetime
from typing import Annotated

import sqlalchemy as sa
from flask import abort
from pydantic import AfterValidator, Field

from portal.api import bp
from portal.api.entry import actor
from portal.api.organizations import get as organization_of
from portal.api.paging import Listing, Page, Rows, page
from portal.api.speaking import Asked, Shape, speaks
from portal.models import Delivery, DeliveryStatus, Webhook
from portal.organizations import deliveries, webhooks
from portal.web import fetch
from portal.web.access import access
from portal.web.fetch import NotFetched


def _sendable(url: str) -> str:
    try:
        fetch.check(url)
    except NotFetched as problem:
        raise ValueError(str(problem)) from None
    return url


Url = Annotated[str, Field(max_length=2000), AfterValidator(_sendable)]
Name = Annotated[str, Field(max_length=64, pattern=r"^[a-z_]+\.([a-z_]+|\*)$")]


class WebhookShape(Shape):
    """Without `organization_id`, it is told of every organization; without `event_names`, of everything."""

    id: uuid.UUID
    organization_id: uuid.UUID | None
    url: str
    event_names: list[str]
    enabled: bool
    disabled_because: str
    former_secret_until: datetime | None = Field(None, validation_alias="former_until")
    created_at: datetime


class IssuedWebhookShape(WebhookShape):
    """The only answer that holds the secret."""

    secret: str


class DeliveryShape(Shape):
    """`answered` is what came back the last time."""

    id: uuid.UUID
    event_id: uuid.UUID
    status: DeliveryStatus
    attempts: int
    answered: str
    tried_at: datetime | None
    due_at: datetime
    finished_at: datetime | None


class ReplayShape(Shape):
    replayed: int


class NewWebhook(Asked):
    """Events are named like `member.suspended` or `member.*`."""

    url: Url
    organization: str | None = Field(None, max_length=64, description="Its id or its slug.")
    event_names: list[Name] = Field([], max_length=100)


class WebhookChange(Asked):
    """Only what is named changes. Switched on again, it goes on where it was."""

    url: Url | None = None
    event_names: list[Name] | None = Field(None, max_length=100)
    enabled: bool | None = None


class DeliveryListing(Listing):
    """`status=dead` is what was given up; only a replay revives it."""

    status: DeliveryStatus | None = None


ONE = "/v1/webhooks/<uuid:webhook_id>"


@bp.get("/v1/webhooks")
@access("api:webhooks:read")
@speaks(Page[WebhookShape])
def list_webhooks(query: Listing) -> Rows[Webhook]:
    """List webhooks."""
    return page(sa.select(Webhook), Webhook.id, query)


@bp.post("/v1/webhooks")
@access("api:webhooks:write")
@speaks(IssuedWebhookShape, 201)
def create_webhook(body: NewWebhook) -> dict[str, object]:
    """Make a webhook, told of what happens from now on. This answer is the only one that holds its secret."""
    organization = organization_of(body.organization) if body.organization else None
    row, secret = webhooks.create(body.url, by=actor(), organization=organization, event_names=body.event_names)
    return _with_secret(row, secret)


@bp.get(ONE)
@access("api:webhooks:read")
@speaks(WebhookShape)
def show_webhook(webhook_id: uuid.UUID) -> Webhook:
    """Read a webhook."""
    return _get(webhook_id)


@bp.patch(ONE)
@access("api:webhooks:write")
@speaks(WebhookShape)
def update_webhook(webhook_id: uuid.UUID, body: WebhookChange) -> Webhook:
    """Change the address or the names of events, or switch a webhook on or off."""
    row = _get(webhook_id)
    webhooks.change(row, by=actor(), url=body.url, event_names=body.event_names, enabled=body.enabled)
    return row


@bp.delete(ONE)
@access("api:webhooks:write")
@speaks(None)
def delete_webhook(webhook_id: uuid.UUID) -> None:
    """Delete a webhook, with everything that waits for it."""
    webhooks.delete(_get(webhook_id), by=actor())


@bp.post(f"{ONE}/secret")
@access("api:webhooks:write")
@speaks(IssuedWebhookShape, 201)
def rotate_secret(webhook_id: uuid.UUID) -> dict[str, object]:
    """Make a new secret. For a day, messages are signed with both."""
    row = _get(webhook_id)
    return _with_secret(row, webhooks.rotate_secret(row, by=actor()))


@bp.get(f"{ONE}/deliveries")
@access("api:webhooks:read")
@speaks(Page[DeliveryShape])
def list_deliveries(webhook_id: uuid.UUID, query: DeliveryListing) -> Rows[Delivery]:
    """List what was sent, waits, or was given up."""
    return page(deliveries.listed(_get(webhook_id), query.status), Delivery.id, query)


@bp.post(f"{ONE}/deliveries/<uuid:delivery_id>/replay")
@access("api:webhooks:write")
@speaks(DeliveryShape)
def replay_delivery(webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> Delivery:
    """Send one again, whatever became of it."""
    delivery = deliveries.get(_get(webhook_id), delivery_id) or abort(404)
    deliveries.replay(delivery)
    return delivery


@bp.post(f"{ONE}/replay")
@access("api:webhooks:write")
@speaks(ReplayShape)
def replay_webhook(webhook_id: uuid.UUID) -> dict[str, object]:
    """Send at once everything that was given up or waits for its next attempt."""
    return {"replayed": deliveries.replay_all(_get(webhook_id))}


def _get(webhook_id: uuid.UUID) -> Webhook:
    return webhooks.get(webhook_id) or abort(404)


def _with_secret(row: Webhook, secret: str) -> dict[str, object]:
    return WebhookShape.model_validate(row).model_dump() | {"secret": secret, "former_until": row.former_until}
