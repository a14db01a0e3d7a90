"""Signing an element the way IdPs do: RSA-SHA256, enveloped, exclusive canonicalization, the certificate inside."""

import xmlsec
from lxml import etree

from portal.practice.keys import KeyPair


def sign(
    root: etree._Element, node_id: str, key: KeyPair, *, prefix: str | None, at: int, inclusive: str = ""
) -> etree._Element:
    """Sign the element with this ID; its signature becomes child number `at`. The tree that comes back was read anew,
    because elements that xmlsec made are not found by name in the old one."""
    node = root if root.get("ID") == node_id else root.xpath("//*[@ID=$id]", id=node_id)[0]
    signature = xmlsec.template.create(node, xmlsec.Transform.EXCL_C14N, xmlsec.Transform.RSA_SHA256, ns=prefix)
    node.insert(at, signature)
    reference = xmlsec.template.add_reference(signature, xmlsec.Transform.SHA256, uri=f"#{node_id}")
    xmlsec.template.add_transform(reference, xmlsec.Transform.ENVELOPED)
    exclusive = xmlsec.template.add_transform(reference, xmlsec.Transform.EXCL_C14N)
    if inclusive:
        xmlsec.template.transform_add_c14n_inclusive_namespaces(exclusive, [inclusive])
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(root, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private, xmlsec.KeyFormat.PEM, None)
    context.key.load_cert_from_memory(key.certificate, xmlsec.KeyFormat.PEM)
    context.sign(signature)
    return etree.fromstring(etree.tostring(root))
