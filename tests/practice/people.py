"""Two people and a group, as a practice IdP holds them."""

from portal.practice.cast import Group, Person


def grace(**changes):
    return Person(
        **{"id": "00u1grace", "user_name": "grace@acme.example", "given_name": "Grace", "family_name": "Hopper"}
        | changes
    )


def alan(**changes):
    return Person(
        **{"id": "00u2alan", "user_name": "alan@acme.example", "given_name": "Alan", "family_name": "Turing"} | changes
    )


def engineers(**changes):
    return Group(**{"id": "00g1", "name": "Engineering"} | changes)
