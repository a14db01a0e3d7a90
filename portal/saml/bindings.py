"""Our messages on their way to an IdP: by HTTP-Redirect or HTTP-POST, signed where there is a key."""

import base64
import zlib
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from lxml import etree

from portal.saml import signatures
from portal.saml.parties import SpKey
from portal.saml.vocabulary import RSA_SHA256


@dataclass(frozen=True)
class Message:
    """`field` is SAMLRequest or SAMLResponse; `relay_state` is opaque to whom it is sent back."""

    field: str
    tree: etree._Element
    address: str
    binding: str
    relay_state: str = ""
    key: SpKey | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.address).hostname or self.address


def redirect_url(message: Message) -> str:
    """SAML bindings §3.4.4.1: deflated, in the query, the signature over the octets of that query."""
    deflate = zlib.compressobj(wbits=-15)
    packed = deflate.compress(etree.tostring(message.tree)) + deflate.flush()
    fields = {message.field: base64.b64encode(packed).decode()}
    if message.relay_state:
        fields["RelayState"] = message.relay_state
    query = urlencode(fields | ({"SigAlg": RSA_SHA256} if message.key else {}))
    if message.key:
        signature = signatures.sign_text(query.encode(), message.key.private)
        query += "&" + urlencode({"Signature": base64.b64encode(signature).decode()})
    parts = urlsplit(message.address)
    return parts._replace(query=f"{parts.query}&{query}" if parts.query else query, fragment="").geturl()


def post_fields(message: Message) -> dict[str, str]:
    """SAML bindings §3.5.4: the fields of the form that takes the browser to the IdP."""
    tree = message.tree
    if message.key:
        tree = signatures.sign(tree, message.key.private, message.key.certificate)
    fields = {message.field: base64.b64encode(etree.tostring(tree)).decode()}
    return fields | ({"RelayState": message.relay_state} if message.relay_state else {})
