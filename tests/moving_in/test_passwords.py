"""A password of before works once as it was kept there, and is ours from then on."""

import base64
import hashlib

import bcrypt
import pytest
from argon2 import PasswordHasher, Type

from portal.extensions import db
from portal.models import User
from portal.organizations import foreign_hashes, passwords
from portal.organizations.refusals import HashNotTaken, WrongPassword
from tests.moving_in import exports
from tests.moving_in.exports import PASSWORD

SALT = b"sixteen octets.."


def code(octets, *, ab64=False, padded=False):
    text = base64.b64encode(octets).decode()
    text = text if padded else text.rstrip("=")
    return text.replace("+", ".") if ab64 else text


def pbkdf2(name="sha256", rounds=1000, length=32, **how):
    made = hashlib.pbkdf2_hmac(name, PASSWORD.encode(), SALT, rounds, length)
    return f"$pbkdf2-{name}$i={rounds},l={length}${code(SALT, **how)}${code(made, **how)}"


def scrypt(written="ln=10,r=8,p=1"):
    made = hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=1024, r=8, p=1, dklen=64)
    return f"$scrypt${written}${code(SALT)}${code(made)}"


KINDS = {
    "bcrypt": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode(),
    "bcrypt of PHP": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode().replace("$2b$", "$2y$"),
    "bcrypt of before": bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4, b"2a")).decode(),
    "argon2i": PasswordHasher(1, 8, 1, type=Type.I).hash(PASSWORD),
    "argon2id": PasswordHasher(2, 16, 1).hash(PASSWORD),
    "pbkdf2-sha1": pbkdf2("sha1", length=20),
    "pbkdf2-sha256": pbkdf2(),
    "pbkdf2-sha256, padded": pbkdf2(padded=True),
    "pbkdf2-sha512, passlib's letters": pbkdf2("sha512", length=64, ab64=True),
    "scrypt": scrypt(),
    "scrypt by its cost": scrypt("n=1024,r=8,p=1"),
    "scrypt with a version": scrypt("v=1$n=1024,r=8,p=1"),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def ada(move_in):
    """ada(hash): moved in with it."""

    def move(text):
        row = {"user_id": "auth0|1", "email": "ada@initech.example", "email_verified": True, "passwordHash": text}
        report = move_in("auth0", {"users": [row]})
        return report, db.session.scalars(db.select(User)).one()

    return move


@every_kind
def test_it_works_once_and_is_then_hashed_as_ours_are(ada, kind):
    _, user = ada(KINDS[kind])
    assert user.password_hash == KINDS[kind]

    for wrong in ("", "wrong", PASSWORD + "!", "nobody's password"):
        with pytest.raises(WrongPassword):
            passwords.check(user.email, wrong)
    assert user.password_hash == KINDS[kind]
    assert passwords.check(user.email, PASSWORD) == user

    assert user.password_hash.startswith("$argon2id$")
    assert user.password_hash != KINDS[kind]
    assert passwords.check(user.email, PASSWORD) == user


def test_it_signs_in_on_the_login_page(client, ada):
    ada(exports.HASH)
    page = {"email": "ada@initech.example", "password": PASSWORD}

    response = client.submit("/login/password", page, page="/login/password?email=ada@initech.example")

    assert response.status_code == 303
    db.session.rollback()
    assert db.session.scalars(db.select(User.password_hash)).one().startswith("$argon2id$")


def test_of_a_long_password_bcrypt_had_read_72_octets(app):
    long = "é" * 60
    made = bcrypt.hashpw(long.encode()[:72], bcrypt.gensalt(4)).decode()

    assert foreign_hashes.verify(made, long)
    assert not foreign_hashes.verify(made, "é" * 35)


@pytest.mark.parametrize(
    "hostile",
    [
        "$2b$31$" + "a" * 53,
        "$argon2id$v=19$m=4194304,t=1,p=1$c2l4dGVlbiBvY3RldHMuLg$" + "a" * 43,
        "$argon2id$v=19$m=64,t=4000000,p=1$c2l4dGVlbiBvY3RldHMuLg$" + "a" * 43,
        "$pbkdf2-sha256$i=999999999,l=32$c2FsdA$" + "a" * 43,
        "$pbkdf2-sha256$i=1000,l=32$c2FsdA$" + "a" * 4,
        "$scrypt$ln=30,r=8,p=1$c2FsdA$" + "a" * 43,
        "$scrypt$ln=10,r=9999999,p=1$c2FsdA$" + "a" * 43,
        "$scrypt$n=1000,r=8,p=1$c2FsdA$" + "a" * 43,
        "$argon2d$v=19$m=64,t=1,p=1$c2l4dGVlbiBvY3RldHMuLg$" + "a" * 43,
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$1$salt$qJH7.N4xYta3aEG/dfqo/0",
        "$2b$10$short",
        "$2b$" + "1" * 5000,
        "plain text",
        "$pbkdf2-sha256$i=1000$!!$!!",
    ],
)
def test_what_costs_too_much_or_is_not_known_is_refused_and_the_person_comes_along(ada, hostile):
    with pytest.raises(HashNotTaken):
        foreign_hashes.checked(hostile)

    report, user = ada(hostile)

    (line,) = report["organizations"][0]["lines"]
    assert line["why"].startswith("Without their password")
    assert hostile not in str(report)
    assert user.password_hash is None


def test_a_damaged_hash_of_a_known_kind_is_a_wrong_password(ada):
    ada("$argon2id$v=19$m=64,t=1,p=1$%%%%$%%%%")

    with pytest.raises(WrongPassword):
        passwords.check("ada@initech.example", PASSWORD)


def test_whoever_is_here_already_keeps_their_own_password(move_in, acme):
    export = exports.propelauth()
    export[1]["users"][0]["email"] = "ada@acme.example"
    before = db.session.scalars(db.select(User.password_hash).where(User.email == "ada@acme.example")).one()

    report = move_in("propelauth", export)

    lines = [line for line in report["organizations"][0]["lines"] if line["noun"] == "person"]
    assert [(line["outcome"], "stays as it is" in line["why"]) for line in lines] == [("linked", True)]
    assert db.session.scalars(db.select(User.password_hash).where(User.email == "ada@acme.example")).one() == before
