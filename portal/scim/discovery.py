"""What this server can do, told to whoever asks (RFC 7644 §4); derived from the rows of attributes.py."""

from flask import Response, request

from portal.models import Place
from portal.scim import kinds, queries
from portal.scim.attributes import Attribute, Kind, Schema
from portal.scim.errors import ScimError
from portal.scim.rendering import Document, answer, listing
from portal.settings import current

CONFIG = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
RESOURCE_TYPE = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def config(place: Place) -> Document:
    return {
        "schemas": [CONFIG],
        "documentationUri": f"{current().public_url}/",
        "patch": {"supported": True},
        "bulk": {
            "supported": True,
            "maxOperations": current().scim_bulk_operations,
            "maxPayloadSize": current().scim_max_body,
        },
        "filter": {"supported": True, "maxResults": current().scim_max_results},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {  # RFC 9865 §4; a cursor stays good for as long as the directory
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": queries.DEFAULT,
            "maxPageSize": current().scim_max_results,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "Bearer token",
                "description": "A token of this directory (RFC 6750).",
                "primary": True,
            },
            {
                "type": "oauth2",
                "name": "OAuth 2.0 client credentials",
                "description": f"Access tokens from {place.token_url} (RFC 6749 §4.4).",
                "specUri": "https://www.rfc-editor.org/info/rfc6749",
            },
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{place.base_url}/ServiceProviderConfig"},
    }


def resource_type(place: Place, kind: Kind) -> Document:
    document: Document = {
        "schemas": [RESOURCE_TYPE], "id": kind.name, "name": kind.name, "description": kind.says,
        "endpoint": kind.endpoint, "schema": kind.schema.urn,
        "meta": {"resourceType": "ResourceType", "location": f"{place.base_url}/ResourceTypes/{kind.name}"},
    }  # fmt: skip
    if kind.extensions:
        document["schemaExtensions"] = [{"schema": schema.urn, "required": False} for schema in kind.extensions]
    return document


def schema(place: Place, one: Schema) -> Document:
    return {
        "schemas": [SCHEMA], "id": one.urn, "name": one.name, "description": one.says,
        "attributes": [_attribute(attribute) for attribute in one.attributes],
        "meta": {"resourceType": "Schema", "location": f"{place.base_url}/Schemas/{one.urn}"},
    }  # fmt: skip


def every(documents: list[Document]) -> Response:
    """Discovery takes no filter (RFC 7644 §4)."""
    if "filter" in request.args:
        raise ScimError(403, "What this server can do is told as a whole. Leave the filter out.")
    return answer(listing(documents, len(documents), startIndex=1))


def find_kind(name: str) -> Kind:
    found = next((kind for kind in kinds.every() if kind.name.casefold() == name.casefold()), None)
    if found is None:
        raise ScimError(404, "There is no resource type of this name. We know User and Group.")
    return found


def find_schema(urn: str) -> Schema:
    found = next((one for one in kinds.schemas() if one.urn.casefold() == urn.casefold()), None)
    if found is None:
        raise ScimError(404, "There is no schema with this URN here. /Schemas lists those we know.")
    return found


def _attribute(attribute: Attribute) -> Document:
    document: Document = {
        "name": attribute.name, "type": attribute.type, "multiValued": attribute.many, "description": attribute.says,
        "required": attribute.required, "mutability": attribute.mutability, "returned": attribute.returned,
    }  # fmt: skip
    if attribute.type in ("string", "reference", "binary"):
        document |= {"caseExact": attribute.case_exact, "uniqueness": attribute.uniqueness}
    if attribute.canonical:
        document["canonicalValues"] = list(attribute.canonical)
    if attribute.references:
        document["referenceTypes"] = list(attribute.references)
    if attribute.sub:
        document["subAttributes"] = [_attribute(one) for one in attribute.sub]
    return document
