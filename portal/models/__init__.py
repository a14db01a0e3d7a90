"""The nouns of design.md §2, one file each."""

from portal.models.alias import Alias, AliasKind
from portal.models.api_key import SCOPES, ApiKey, KeptAnswer, OrganizationKey
from portal.models.attribute import AttributeType, CustomAttribute, IgnoredAttribute
from portal.models.break_glass import BreakGlassOwner
from portal.models.connection import (
    Configuration,
    ConfigurationState,
    Connection,
    ConnectionConfiguration,
    ConnectionRole,
    ConnectionTest,
    IdpInitiated,
    SamlConfiguration,
)
from portal.models.connection_identity import ConnectionIdentity
from portal.models.connection_key import ConnectionKey, KeyState
from portal.models.departure import Batch, Departure, Ending, Outcome
from portal.models.directory import (
    Applied,
    Deletion,
    Directory,
    DirectoryGroup,
    DirectoryGroupMember,
    DirectoryKind,
    DirectoryUser,
    GroupRole,
    Mode,
    Place,
    ScimToken,
    TokenKind,
)
from portal.models.domain import ConnectionDomain, Domain, VerifiedBy
from portal.models.event import Event, Feed, Mail
from portal.models.exchange import Exchange, Protocol
from portal.models.factor import Factor, Passkey, PasskeyChallenge, PasskeyPurpose, RecoveryCode, Shown, TotpSecret
from portal.models.invitation import Invitation, MailLink, MailPurpose
from portal.models.it_contact import ItContact, Reminder
from portal.models.membership import Membership, MembershipRole, Source, Status
from portal.models.oidc import Client, Grant, RefreshToken, SigningKey
from portal.models.oidc_configuration import OidcConfiguration
from portal.models.organization import Leavers, Organization, Outsiders, SignInPolicy
from portal.models.practice import PracticeTenant
from portal.models.pull import DirectoryPull, PullWay
from portal.models.receipt import Receipt
from portal.models.role import ADMIN, BUILT_IN, MEMBER, OWNER, ApplicationPermission, Permission, Role
from portal.models.saml import LoginPurpose, LoginTransaction, SamlAssertion
from portal.models.session import Method, Session
from portal.models.setup import SetupLink, SetupRun
from portal.models.support_grant import SupportGrant
from portal.models.user import User
from portal.models.webhook import NOBODYS, Delivery, DeliveryLane, DeliveryStatus, Webhook

__all__ = [
    "ADMIN",
    "BUILT_IN",
    "MEMBER",
    "NOBODYS",
    "OWNER",
    "SCOPES",
    "Alias",
    "AliasKind",
    "ApiKey",
    "ApplicationPermission",
    "Applied",
    "AttributeType",
    "Batch",
    "BreakGlassOwner",
    "Client",
    "Configuration",
    "ConfigurationState",
    "Connection",
    "ConnectionConfiguration",
    "ConnectionDomain",
    "ConnectionIdentity",
    "ConnectionKey",
    "ConnectionRole",
    "ConnectionTest",
    "CustomAttribute",
    "Deletion",
    "Delivery",
    "DeliveryLane",
    "DeliveryStatus",
    "Departure",
    "Directory",
    "DirectoryGroup",
    "DirectoryGroupMember",
    "DirectoryKind",
    "DirectoryPull",
    "DirectoryUser",
    "Domain",
    "Ending",
    "Event",
    "Exchange",
    "Factor",
    "Feed",
    "Grant",
    "GroupRole",
    "IdpInitiated",
    "IgnoredAttribute",
    "Invitation",
    "ItContact",
    "KeptAnswer",
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
    "OrganizationKey",
    "Outcome",
    "Outsiders",
    "Passkey",
    "PasskeyChallenge",
    "PasskeyPurpose",
    "Permission",
    "Place",
    "PracticeTenant",
    "Protocol",
    "PullWay",
    "Receipt",
    "RecoveryCode",
    "RefreshToken",
    "Reminder",
    "Role",
    "SamlAssertion",
    "SamlConfiguration",
    "ScimToken",
    "Session",
    "SetupLink",
    "SetupRun",
    "Shown",
    "SignInPolicy",
    "SigningKey",
    "Source",
    "Status",
    "SupportGrant",
    "TokenKind",
    "TotpSecret",
    "User",
    "VerifiedBy",
    "Webhook",
]
