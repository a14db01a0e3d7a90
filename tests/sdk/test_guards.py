"""FastAPI and Django let in whom the token names, and verify it without asking the Vestibule."""

import json
from typing import Annotated

import django
import httpx
import pytest
from django.conf import settings as django_settings
from django.http import JsonResponse
from django.test import RequestFactory
from fastapi import Depends, FastAPI
from vestibule import Unauthorized, User, Verifier
from vestibule.django import Vestibule as ForDjango
from vestibule.fastapi import Vestibule as ForFastApi

from tests.sdk.conftest import awaited

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("sdk"), pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def ask_fastapi(vestibule, token):
    guard, app = ForFastApi(vestibule.url, token.client_id), FastAPI()

    @app.get("/anybody")
    def anybody(user: Annotated[User, Depends(guard.require_user)]):
        return {"id": user.id, "organization": user.organization.slug}

    @app.get("/owners")
    def owners(user: Annotated[User, Depends(guard.require_org_member(role="owner"))]):
        return {"id": user.id}

    @app.get("/managers")
    def managers(user: Annotated[User, Depends(guard.require_org_member(permission="manage_members"))]):
        return {"id": user.id}

    async def ask(path, bearer):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app.example") as client:
            return await client.get(path, headers={"Authorization": bearer} if bearer else {})

    return lambda path, bearer: awaited(ask(path, bearer))


@pytest.fixture(scope="module")
def ask_django(vestibule, token):
    if not django_settings.configured:
        django_settings.configure(DEFAULT_CHARSET="utf-8", ALLOWED_HOSTS=["*"])
        django.setup()
    guard = ForDjango(vestibule.url, token.client_id)
    views = {
        "/anybody": guard.require_user(
            lambda request: JsonResponse(
                {"id": request.vestibule_user.id, "organization": request.vestibule_user.organization.slug}
            )
        ),
        "/owners": guard.require_org_member(role="owner")(lambda request: JsonResponse({})),
        "/managers": guard.require_org_member(permission="manage_members")(lambda request: JsonResponse({})),
    }
    return lambda path, bearer: views[path](
        RequestFactory().get(path, headers={"Authorization": bearer} if bearer else {})
    )


@pytest.fixture(params=["ask_fastapi", "ask_django"])
def ask(request):
    return request.getfixturevalue(request.param)


def test_a_member_is_let_in(ask, token):
    answer = ask("/anybody", f"Bearer {token.access}")

    assert answer.status_code == 200
    assert json.loads(answer.content) == {"id": token.user_id, "organization": "tokens"}


@pytest.mark.parametrize("bearer", ["", "Basic YTpi", "Bearer", "Bearer nonsense", "Bearer a.b.c"])
def test_nobody_else_is(ask, bearer):
    answer = ask("/anybody", bearer)

    assert answer.status_code == 401
    assert "Bearer" in answer.headers["WWW-Authenticate"]


@pytest.mark.parametrize("path", ["/owners", "/managers"])
def test_a_plain_member_is_no_owner(ask, token, path):
    assert ask(path, f"Bearer {token.access}").status_code == 403


def test_a_changed_token_does_not_count(vestibule, token):
    header, body, signature = token.access.split(".")
    verifier = Verifier(vestibule.url, token.client_id)

    for forged in (f"{header}.{body[:-2]}AA.{signature}", f"{header}.{body}.", f"{header}.{body}"):
        with pytest.raises(Unauthorized):
            verifier.user(forged)


def test_a_token_for_another_client_or_from_another_house_does_not_count(vestibule, token):
    with pytest.raises(Unauthorized):
        Verifier(vestibule.url, "another-client").user(token.access)
    here = Verifier(vestibule.url, token.client_id)
    here.issuer = "https://elsewhere.example"
    with pytest.raises(Unauthorized):
        here.user(token.access)


def test_keys_are_fetched_once_for_many_tokens(vestibule, token):
    asked = []
    http = httpx.Client(event_hooks={"request": [asked.append]})
    verifier = Verifier(vestibule.url, token.client_id, http=http)

    for _ in range(20):
        verifier.user(token.access)

    assert len(asked) == 1


def test_an_identity_token_is_no_access_token(vestibule, token):
    with pytest.raises(Unauthorized, match="at\\+jwt"):
        Verifier(vestibule.url, token.client_id).user(token.identity)
