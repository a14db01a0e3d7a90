"""Signature wrapping (XSW 1-8 and their relatives): the honest part hides, the forged part is shown."""

import copy
from collections.abc import Callable

from lxml import etree

from tests.saml.hostile import EVIL, find, forged
from tests.saml.idp import DS, SAML


def wrap_response_in_signature(root: etree._Element) -> None:
    """XSW1: a forged response carries the honest one inside its signature."""
    honest_one, signature = copy.deepcopy(root), find(root, "ds:Signature")
    honest_one.remove(find(honest_one, "ds:Signature"))
    root.set("ID", "_evil")
    find(root, "saml:Assertion/saml:Subject/saml:NameID").text = EVIL
    signature.append(honest_one)


def wrap_response_beside_signature(root: etree._Element) -> None:
    """XSW2: the honest response is a sibling of the signature."""
    honest_one = copy.deepcopy(root)
    honest_one.remove(find(honest_one, "ds:Signature"))
    root.set("ID", "_evil")
    find(root, "saml:Assertion/saml:Subject/saml:NameID").text = EVIL
    root.insert(0, honest_one)


def prepend_forged(root: etree._Element) -> None:
    root.insert(2, forged(root))


def append_forged(root: etree._Element) -> None:
    root.append(forged(root))


def honest_inside_forged(root: etree._Element) -> None:
    """XSW4: the forged assertion holds the honest one."""
    original = find(root, "saml:Assertion")
    evil = forged(original)
    root.replace(original, evil)
    evil.append(original)


def honest_inside_forged_signature(root: etree._Element) -> None:
    """XSW6: the signature moves into the forged assertion and holds the honest one."""
    original = find(root, "saml:Assertion")
    evil, signature = forged(original), find(original, "ds:Signature")
    original.remove(signature)
    root.replace(original, evil)
    evil.insert(1, signature)
    signature.append(original)


def forged_in(tag: str) -> Callable[[etree._Element], None]:
    """XSW7/8 and friends: the honest assertion hides in an element where anything may stand."""

    def change(root: etree._Element) -> None:
        original = find(root, "saml:Assertion")
        root.replace(original, forged(original))
        holder = etree.SubElement(root, tag)
        holder.append(original)

    return change


def honest_in_object(root: etree._Element) -> None:
    original = find(root, "saml:Assertion")
    evil, signature = forged(original), find(original, "ds:Signature")
    original.remove(signature)
    root.replace(original, evil)
    evil.insert(1, signature)
    etree.SubElement(signature, f"{{{DS}}}Object").append(original)


def same_id_twice(root: etree._Element) -> None:
    root.insert(2, forged(root, identifier="_assertion"))


def swap_signature_into_forged(root: etree._Element) -> None:
    original = find(root, "saml:Assertion")
    evil = forged(original)
    evil.insert(1, copy.deepcopy(find(original, "ds:Signature")))
    root.replace(original, evil)


def advice_holds_honest(root: etree._Element) -> None:
    original = find(root, "saml:Assertion")
    evil = forged(original)
    etree.SubElement(evil, f"{{{SAML}}}Advice").append(copy.deepcopy(original))
    root.replace(original, evil)
