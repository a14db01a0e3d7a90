"""SimpleSAMLphp's configuration, as its own files say it."""

CONFIG = """<?php
$config = [
    'baseurlpath' => 'simplesaml/', 'certdir' => 'ROOT/cert/', 'loggingdir' => 'ROOT/log/', 'datadir' => 'ROOT/data/',
    'tempdir' => 'ROOT/tmp', 'metadatadir' => 'ROOT/metadata/',
    'attributenamemapdir' => '/usr/share/simplesamlphp/attributemap/',
    'secretsalt' => 'only-for-tests-0123456789', 'auth.adminpassword' => 'only-for-tests',
    'technicalcontact_name' => 'Nobody', 'technicalcontact_email' => 'nobody@idp.example', 'timezone' => 'UTC',
    'showerrors' => true, 'errorreporting' => false, 'debug' => ['saml' => false, 'backtraces' => true],
    'logging.handler' => 'file', 'logging.level' => 7, 'logging.logfile' => 'idp.log',
    'enable.saml20-idp' => true, 'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => false, 'session.cookie.samesite' => null, 'session.phpsession.savepath' => 'ROOT/tmp',
    'store.type' => 'phpsession', 'metadata.sources' => [['type' => 'flatfile']], 'language.default' => 'en',
    'assertion.allowed_clock_skew' => 180,
];
"""

AUTHSOURCES = """<?php
$config = ['people' => ['exampleauth:UserPass',
    'ada:secret' => ['uid' => ['ada'], 'email' => ['ada@acme.example'], 'givenName' => ['Ada'], 'sn' => ['Lovelace']],
    'eve:secret' => ['uid' => ['eve'], 'email' => ['eve@elsewhere.example']],
]];
"""

IDP_HOSTED = """<?php
$metadata['__DYNAMIC:1__'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'server.pem', 'certificate' => 'server.crt', 'auth' => 'people',
    'saml20.sign.response' => true, 'saml20.sign.assertion' => true,
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
];
"""


def sp_remote(entity_id, acs_url, **options):
    extra = "".join(f"    '{name.replace('__', '.')}' => {_php(value)},\n" for name, value in options.items())
    return f"""<?php
$metadata['{entity_id}'] = [
    'AssertionConsumerService' => '{acs_url}',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress', 'simplesaml.nameidattribute' => 'email',
{extra}];
"""


def _php(value):
    return {True: "true", False: "false"}.get(value, f"'{value}'")
