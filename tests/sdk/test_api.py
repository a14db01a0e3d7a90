"""The REST API and the feed through both clients, against the real thing."""

import json

import httpx
import pytest
from standardwebhooks import Webhook
from vestibule import Api, ApiError, AsyncApi, Unauthorized, Webhooks

from tests.sdk.conftest import awaited

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("sdk"), pytest.mark.timeout(300)]


def test_lists_go_on_from_page_to_page(vestibule):
    company = vestibule.company("Pages", "pages.example")
    for number in range(5):
        vestibule.api.create("organizations", company.slug, "memberships", email=f"p{number}@pages.example")

    rows = list(vestibule.api.list("organizations", company.slug, "memberships", limit=2))

    assert [row["email"] for row in rows] == [f"p{number}@pages.example" for number in range(5)]


def test_refusals_carry_a_code(vestibule):
    vestibule.company("Twice", "twice.example")

    with pytest.raises(ApiError) as caught:
        vestibule.api.create("organizations", name="Twice", slug="twice")

    assert (caught.value.status, caught.value.code) == (409, "slug_taken")


def test_an_id_cannot_become_another_address(vestibule):
    with pytest.raises(ApiError) as caught:
        vestibule.api.get("organizations", "../events")

    assert caught.value.status == 404


def test_the_awaited_client_says_the_same(vestibule):
    async def read():
        api = AsyncApi(vestibule.url, vestibule.api.headers["Authorization"].partition(" ")[2])
        made = await api.create("organizations", name="Awaited")
        rows = [row["id"] async for row in api.list("organizations", limit=3)]
        events = [event async for event in api.events("", until_caught_up=True)]
        await api.http.aclose()
        return made, rows, events

    made, rows, events = awaited(read())

    assert made["id"] in rows
    assert [event.position for event in events] == sorted({event.position for event in events})
    assert any(event.type == "organization.created" and event.organization_id == made["id"] for event in events)


def test_events_go_on_where_one_left_off(vestibule):
    seen = list(vestibule.api.events("", until_caught_up=True))
    vestibule.company("Later", "later.example")

    fresh = list(vestibule.api.events(seen[-1].position, until_caught_up=True))

    assert fresh[0].position == seen[-1].position + 1
    assert {event.type for event in fresh} == {"organization.created", "domain.claimed", "domain.verified"}


class Flaky(httpx.BaseTransport):
    """A network that fails as it is told, then answers."""

    def __init__(self, *answers):
        self.answers, self.requests = list(answers), []

    def handle_request(self, request):
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_what_is_busy_is_asked_again_with_the_same_key():
    busy = httpx.Response(429, headers={"Retry-After": "0"}), httpx.ConnectError("down")
    network = Flaky(*busy, httpx.Response(201, json={"id": "1"}))
    api = Api("https://login.example", "key", http=httpx.Client(transport=network))

    assert api.create("organizations", name="Acme") == {"id": "1"}
    assert len({request.headers["Idempotency-Key"] for request in network.requests}) == 1
    assert len(network.requests) == 3


def test_a_final_answer_is_not_asked_again():
    network = Flaky(httpx.Response(500, text="<html>oops"))
    api = Api("https://login.example", "key", http=httpx.Client(transport=network))

    with pytest.raises(ApiError) as caught:
        api.get("organizations")

    assert caught.value.status == 500
    assert len(network.requests) == 1


SECRETS = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
SAID = {
    "id": "e1", "type": "member.suspended", "position": 7, "organization_id": "o1",
    "timestamp": "2026-11-25T10:00:00.000Z", "subject": {"type": "Membership"}, "data": {"user_id": "u1"},
}  # fmt: skip


def signed(secret, body, at):
    signature = Webhook(secret).sign("e1", at, body)
    return {"Webhook-Id": "e1", "Webhook-Timestamp": str(int(at.timestamp())), "Webhook-Signature": signature}


def test_a_webhook_is_read_with_either_secret_while_one_is_replaced(now):
    body = json.dumps(SAID)

    for secret in SECRETS:
        event = Webhooks(*SECRETS).read(body.encode(), signed(secret, body, now))
        assert (event.type, event.position, event.data["user_id"]) == ("member.suspended", 7, "u1")


def test_a_forged_webhook_is_not(now):
    body = json.dumps(SAID)

    with pytest.raises(Unauthorized):
        Webhooks(SECRETS[0]).read(body.replace("u1", "u2").encode(), signed(SECRETS[0], body, now))
    with pytest.raises(Unauthorized):
        Webhooks(SECRETS[0]).read(body.encode(), {})
