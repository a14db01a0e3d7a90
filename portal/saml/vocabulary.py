"""The names SAML, XML signature and XML encryption give to things."""

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
MD = "urn:oasis:names:tc:SAML:2.0:metadata"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC11 = "http://www.w3.org/2009/xmlenc11#"
EXC_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"

RESPONSE = f"{{{SAMLP}}}Response"
ASSERTION = f"{{{SAML}}}Assertion"
ENCRYPTED_ASSERTION = f"{{{SAML}}}EncryptedAssertion"
SIGNATURE = f"{{{DS}}}Signature"

REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
ENVELOPED = DS + "enveloped-signature"

NAME_EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
NAME_PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
NAME_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
NAME_ENTITY = "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
RSA_SHA256 = _MORE + "rsa-sha256"
SIGNATURE_METHODS = frozenset(
    _MORE + name for name in ("rsa-sha256", "rsa-sha384", "rsa-sha512", "ecdsa-sha256", "ecdsa-sha384")
)
DIGEST_METHODS = frozenset((XENC + "sha256", _MORE + "sha384", XENC + "sha512"))
CANONICALIZATIONS = frozenset((EXC_C14N, EXC_C14N + "WithComments"))
OAEP = XENC + "rsa-oaep-mgf1p"
KEY_TRANSPORTS = frozenset((OAEP, XENC11 + "rsa-oaep"))
GCM = frozenset(XENC11 + f"aes{size}-gcm" for size in (128, 192, 256))
CBC = frozenset(XENC + f"aes{size}-cbc" for size in (128, 192, 256))

NAMESPACES = {"saml": SAML, "samlp": SAMLP, "md": MD, "ds": DS, "xenc": XENC}
