"""The nouns of design.md §2, one file each."""

from portal.models.api_key import SCOPES, ApiKey
from portal.models.attribute import AttributeType, CustomAttribute, IgnoredAttribute
from portal.models.connection import (
    Configuration,
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionTest,
    IdpInitiated,
    SamlConfiguration,
)
from portal.models.connection_identity import ConnectionIdentity
from portal.models.connection_key import ConnectionKey, KeyState
from portal.models.directory import (
    Applied,
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryKind,
    DirectoryUser,
    GroupRole,
    Mode,
    ScimToken,
    TokenKind,
)
from portal.models.domain import Domain, VerifiedBy
from portal.models.event import Event, Feed, Mail
from portal.models.exchange import Exchange, Protocol
from portal.models.invitation import Invitation, MailLink, MailPurpose
from portal.models.membership import Membership, MembershipRole, Source, Status
from portal.models.oidc import Client, Grant, RefreshToken, SigningKey
from portal.models.oidc_configuration import OidcConfiguration
from portal.models.organization import Leavers, Organization, Outsiders, SignInPolicy
from portal.models.practice import PracticeTenant
from portal.models.role import ADMIN, BUILT_IN, MEMBER, OWNER, Permission, Role
from portal.models.saml import LoginPurpose, LoginTransaction, SamlAssertion
from portal.models.session import Method, Session
from portal.models.setup import SetupLink, SetupRun
from portal.models.user import User
from portal.models.webhook import NOBODYS, Delivery, DeliveryLane, DeliveryStatus, Webhook

__all__ = [
    "ADMIN",
    "BUILT_IN",
    "MEMBER",
    "NOBODYS",
    "OWNER",
    "SCOPES",
    "ApiKey",
    "Applied",
    "AttributeType",
    "Client",
    "Configuration",
    "ConfigurationState",
    "Connection",
    "ConnectionConfiguration",
    "ConnectionIdentity",
    "ConnectionKey",
    "ConnectionTest",
    "CustomAttribute",
    "Delivery",
    "DeliveryLane",
    "DeliveryStatus",
    "Directory",
    "DirectoryGroup",
    "DirectoryGroupMember",
    "DirectoryKind",
    "DirectoryUser",
    "Domain",
    "Event",
    "Exchange",
    "Feed",
    "Grant",
    "GroupRole",
    "IdpInitiated",
    "IgnoredAttribute",
    "Invitation",
    "KeyState",
    "Leavers",
    "LoginPurpose",
    "LoginTransaction",
    "Mail",
    "MailLink",
    "MailPurpose",
    "Membership",
    "MembershipRole",
    "Method",
    "Mode",
    "OidcConfiguration",
    "Organization",
    "Outsiders",
    "Permission",
    "PracticeTenant",
    "Protocol",
    "RefreshToken",
    "Role",
    "SamlAssertion",
    "SamlConfiguration",
    "ScimToken",
    "Session",
    "SetupLink",
    "SetupRun",
    "SignInPolicy",
    "SigningKey",
    "Source",
    "Status",
    "TokenKind",
    "User",
    "VerifiedBy",
    "Webhook",
]
