"""The service provider: the only file that knows python3-saml, and keeps it behind our own preflight and post-checks.

python3-saml 1.16 is unmaintained and unsafe by default; each override below answers one measured fault."""

import base64
import time
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeAlias

import xmlsec
from lxml import etree
from onelogin.saml2 import response as library
from onelogin.saml2.constants import OneLogin_Saml2_Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.settings import OneLogin_Saml2_Settings
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML

from portal.models.base import now
from portal.saml import ciphers, identity, paths, postchecks, preflight, schemas, second_opinion, signatures
from portal.saml.identity import Identity
from portal.saml.parties import ServiceProvider, SpKey
from portal.saml.postchecks import Answer
from portal.saml.refusals import Problem, ResponseRefused
from portal.saml.vocabulary import ASSERTION, ENCRYPTED_ASSERTION, SIGNATURE

Theirs: TypeAlias = tuple[str, str, tuple[str, ...]]

# Skews larger than any setting: the library's own clock must not be stricter than our post-checks, which decide.
LIBRARY_SKEW = 900
MAX_SECONDS = (
    2.0  # by the clock on the wall: asking for this thread's own time costs more than the validation on some machines
)


def accept(sp: ServiceProvider, encoded: str, request_id: str | None, *, asked_at: datetime | None = None) -> Identity:
    """Who signed in, or `ResponseRefused`: nothing else ever leaves this function."""
    began = time.perf_counter()
    answer = _authentic(sp, encoded, request_id)
    postchecks.require(sp.question(request_id, asked_at), answer)
    found = identity.read(answer, sp.mapping, skew=sp.skew)
    if time.perf_counter() - began > MAX_SECONDS:
        raise ResponseRefused("xml", "too-slow")
    return found


def _authentic(sp: ServiceProvider, encoded: str, request_id: str | None) -> Answer:
    """What somebody signed. Where CBC is taken, whoever sends a cipher that was changed must not learn how far it got: that
    would open it for them, octet by octet (Jager and Somorovsky, 2011)."""
    try:
        response = open_response(sp, encoded)
        _verify(sp, response, request_id)
        return second_opinion.confirm(response.tree, response.readable, sp.certificates)
    except ResponseRefused as refused:
        raise (refused.hushed() if sp.allow_cbc and _is_encrypted(encoded) else refused) from None


def _is_encrypted(encoded: str) -> bool:
    try:
        return preflight.parse(preflight.decode(encoded)).find(ENCRYPTED_ASSERTION) is not None
    except ResponseRefused:
        return False


class Response(library.OneLogin_Saml2_Response):
    """The library's response, made from bytes that passed the preflight before and after decryption."""

    tree: etree._Element
    readable: etree._Element


def open_response(sp: ServiceProvider, encoded: str) -> Response:
    """The library is given what we understood, written anew, never the stranger's bytes: read twice, they could mean two
    things (a declared encoding was enough), one for the signature and another for us."""
    raw = preflight.decode(encoded)
    tree = preflight.read(raw, allow_cbc=sp.allow_cbc)
    if not sp.certificates:
        raise ResponseRefused("signature", "no-certificate")
    encrypted = tree.find(ENCRYPTED_ASSERTION) is not None
    understood = base64.b64encode(etree.tostring(tree)).decode()
    for key in sp.keys if encrypted else (None,):
        if (response := _construct(sp, understood, key)) is not None:
            response.tree = tree
            plain = preflight.read(_plain(response), allow_cbc=sp.allow_cbc) if encrypted else tree
            response.readable = _assertion_in(plain)
            return response
    raise ResponseRefused("encryption", "no-key")


def _verify(sp: ServiceProvider, response: Response, request_id: str | None) -> None:
    if response.readable.find(SIGNATURE) is None and response.tree.find(SIGNATURE) is None:
        raise ResponseRefused("signature", "unsigned")
    try:
        response.is_valid(_request_data(sp), request_id, raise_exceptions=True)
    except OneLogin_Saml2_ValidationError as error:
        raise ResponseRefused.of(_problem(error)) from None
    except _ANY_FAULT as error:
        raise ResponseRefused("xml", "library", got=str(error)) from None


def _problem(error: OneLogin_Saml2_ValidationError) -> Problem:
    name = _CODES.get(error.code, "")
    return Problem(next((check for check, names in _CHECKS.items() if name in names), "xml"), "library", got=str(error))


def _construct(sp: ServiceProvider, encoded: str, key: SpKey | None) -> Response | None:
    """None when this key does not open the assertion."""
    try:
        return Response(_settings_of(sp, key), encoded)
    except xmlsec.Error:
        return None
    except (OneLogin_Saml2_ValidationError, *_ANY_FAULT) as error:
        raise ResponseRefused("encryption" if key else "xml", "library", got=str(error)) from None


def _plain(response: Response) -> bytes:
    """The decrypted document as bytes. Nodes made by xmlsec hide from `find`, so it is always read again."""
    return bytes(etree.tostring(response.get_xml_document()))


def _assertion_in(tree: etree._Element) -> etree._Element:
    found = tree.find(ASSERTION)
    if found is None:
        raise ResponseRefused("xml", "one-assertion", expected="1", got="0")
    return found


def _request_data(sp: ServiceProvider) -> dict[str, object]:
    scheme, _, rest = sp.acs_url.partition("://")
    host, _, path = rest.partition("/")
    return {"https": "on" if scheme == "https" else "off", "http_host": host, "script_name": f"/{path}"}


def _settings_of(sp: ServiceProvider, key: SpKey | None) -> OneLogin_Saml2_Settings:
    """The library's settings; kept where there is no secret in them, for making them took a fifth of each validation."""
    ours, theirs = (sp.entity_id, sp.acs_url), (sp.idp_entity_id, sp.sso_url, sp.certificates)
    return _with_key(ours, theirs, key) if key else _without_key(ours, theirs)


@lru_cache(maxsize=256)
def _without_key(ours: tuple[str, str], theirs: Theirs) -> OneLogin_Saml2_Settings:
    return _with_key(ours, theirs, SpKey("", ""))


def _with_key(ours: tuple[str, str], theirs: Theirs, key: SpKey) -> OneLogin_Saml2_Settings:
    """From a dictionary of its own: the library changes what it is given."""
    return OneLogin_Saml2_Settings({
        "strict": True,
        "debug": False,
        "sp": {
            "entityId": ours[0],
            "assertionConsumerService": {"url": ours[1]},
            "x509cert": key.certificate,
            "privateKey": key.private,
        },
        "idp": {
            "entityId": theirs[0],
            "singleSignOnService": {"url": theirs[1]},
            "x509certMulti": {"signing": list(theirs[2])},
        },
        "security": dict(_SECURITY),
    })  # fmt: skip


# Which check of saml_checks.toml each error of the library belongs to; the rest is "xml".
_CODES = {code: name for name, code in vars(OneLogin_Saml2_ValidationError).items() if name.isupper()}
_CHECKS = {
    "status": ("MISSING_STATUS", "MISSING_STATUS_CODE", "STATUS_CODE_IS_NOT_SUCCESS"),
    "destination": ("WRONG_DESTINATION", "EMPTY_DESTINATION", "WRONG_SUBJECTCONFIRMATION"),
    "issuer": ("WRONG_ISSUER", "ISSUER_NOT_FOUND_IN_ASSERTION", "ISSUER_MULTIPLE_IN_RESPONSE"),
    "audience": ("WRONG_AUDIENCE", "SP_NAME_QUALIFIER_NAME_MISMATCH"),
    "signature": (
        "INVALID_SIGNATURE",
        "NO_SIGNATURE_FOUND",
        "WRONG_SIGNED_ELEMENT",
        "WRONG_NUMBER_OF_SIGNATURES",
        "INVALID_SIGNED_ELEMENT",
        "UNEXPECTED_SIGNED_ELEMENTS",
        "ID_NOT_FOUND_IN_SIGNED_ELEMENT",
        "DUPLICATED_ID_IN_SIGNED_ELEMENTS",
        "DUPLICATED_REFERENCE_IN_SIGNED_ELEMENTS",
    ),
    "algorithm": ("DEPRECATED_SIGNATURE_METHOD", "DEPRECATED_DIGEST_METHOD"),
    "time": ("ASSERTION_TOO_EARLY", "ASSERTION_EXPIRED", "RESPONSE_EXPIRED", "SESSION_EXPIRED"),
    "answer-to-our-question": ("WRONG_INRESPONSETO",),
    "encryption": ("KEYINFO_NOT_FOUND_IN_ENCRYPTED_DATA", "UNSUPPORTED_RETRIEVAL_METHOD", "ENCRYPTED_ATTRIBUTES"),
    "subject": ("NO_NAMEID", "EMPTY_NAMEID"),
}
_SECURITY = {
    "wantAssertionsSigned": False,  # at least one signature, on either; `_verify` insists
    "wantMessagesSigned": False,
    "wantAttributeStatement": False,  # Google, JumpCloud and plain Okta apps send none
    "requestedAuthnContext": False,  # else Entra answers AADSTS75011 after multi-factor sign-in
    "allowRepeatAttributeName": True,  # Keycloak sends one `Role` per role
    "rejectDeprecatedAlgorithm": True,
    "allowSingleLabelDomains": True,  # https://adfs/ on an intranet
    "metadataValidUntil": "",
}


class _Moment(int):
    """Now, as sharp as two clocks agree: the library compares with `<=` and `>` and has no skew of its own."""

    def __ge__(self, other: int) -> bool:  # `end <= now`: over only when it has been over for long
        return int(self) >= int(other) + LIBRARY_SKEW

    def __lt__(self, other: int) -> bool:  # `start > now`
        return int(self) + LIBRARY_SKEW < int(other)

    def __add__(self, other: int) -> "_Moment":
        return _Moment(int(self) + int(other))


class _Utils(OneLogin_Saml2_Utils):
    @staticmethod
    def now() -> _Moment:
        return _Moment(int(now().timestamp()))

    @staticmethod
    def parse_SAML_to_time(timestr: str) -> int:  # noqa: N802 - the library's name
        found = postchecks.moment(timestr)
        return int(found.timestamp()) if found else 0

    @staticmethod
    def decrypt_element(encrypted_data: etree._Element, key: str, *_: object, **__: object) -> etree._Element:
        return ciphers.decrypt(encrypted_data, key)


def _validate_node_sign(
    signature_node: etree._Element, _elem: etree._Element, cert: str | None = None, *_: object, **__: object
) -> bool:
    return bool(cert) and signatures.verifies(signature_node, str(cert))


def _validate_xml(xml: etree._Element, schema: str, *_: object) -> etree._Element | str:
    return xml if schemas.valid(xml, f"{_SCHEMAS}/{schema}") else "invalid_xml"


def _query(
    dom: etree._Element, query: str, context: etree._Element | None = None, tagid: str | None = None
) -> object:  # fmt: skip
    variables = {} if tagid is None else {"tagid": tagid}
    return paths.find(dom if context is None else context, query, OneLogin_Saml2_Constants.NSMAP, **variables)


_SCHEMAS = Path(library.__file__).parent / "schemas"
PROTOCOL_SCHEMA = f"{_SCHEMAS}/saml-schema-protocol-2.0.xsd"
_ANY_FAULT = (
    OneLogin_Saml2_Error,
    etree.LxmlError,
    xmlsec.Error,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    AssertionError,
)

library.OneLogin_Saml2_Utils = _Utils
OneLogin_Saml2_Utils.validate_node_sign = staticmethod(_validate_node_sign)
OneLogin_Saml2_XML.validate_xml = staticmethod(_validate_xml)
OneLogin_Saml2_XML.query = staticmethod(_query)
# Concurrent first validations broke whole processes (facts: 1 of 6 cold starts); so the first one happens here.
schemas.valid(etree.fromstring(b"<nothing/>"), PROTOCOL_SCHEMA)
