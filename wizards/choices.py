"""The closed lists a wizard chooses from: kinds of steps, values, actions, changes."""

from enum import StrEnum


class StepType(StrEnum):
    CHOOSE = "choose"
    INSTRUCT = "instruct"
    COPY_VALUES = "copy-values"
    INPUT_METADATA = "input-metadata"
    INPUT_CLIENT = "input-client"
    MAP = "map"
    TEST = "test"
    WAIT_FOR_REQUEST = "wait-for-request"
    PREVIEW = "preview"
    CONFIRM = "confirm"
    WATCH = "watch"
    INPUT = "input"
    PULL = "pull"


class RowKind(StrEnum):
    FIELD = "field"
    SECRET = "secret"
    SELECT = "select"
    CHECK = "check"
    RADIO = "radio"
    TEXT = "text"
    PAIR = "pair"


class Ref(StrEnum):
    """Our values, as fragments and drawings name them."""

    ACS_URL = "sp.acs_url"
    ENTITY_ID = "sp.entity_id"
    LOGIN_URL = "sp.login_url"
    METADATA_URL = "sp.metadata_url"
    CALLBACK_URL = "rp.callback_url"
    SIGNED_OUT_URL = "rp.signed_out_url"
    BACKCHANNEL_URL = "rp.backchannel_url"
    INITIATE_URL = "rp.initiate_url"
    SCIM_BASE_URL = "scim.base_url"
    SCIM_TOKEN = "scim.token"
    PULL_CLIENT_ID = "pull.client_id"
    PULL_SCOPES = "pull.scopes"

    @property
    def label_key(self) -> str:
        return self.value.removeprefix("sp.").removeprefix("rp.").replace(".", "_")


class LabelKey(StrEnum):
    """What `[labels]` gives the console's own words for."""

    ACS_URL = "acs_url"
    ENTITY_ID = "entity_id"
    LOGIN_URL = "login_url"
    METADATA_URL = "metadata_url"
    IDP_SSO_URL = "idp_sso_url"
    IDP_ENTITY_ID = "idp_entity_id"
    IDP_CERT = "idp_cert"
    CALLBACK_URL = "callback_url"
    SIGNED_OUT_URL = "signed_out_url"
    BACKCHANNEL_URL = "backchannel_url"
    INITIATE_URL = "initiate_url"
    ISSUER = "issuer"
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"
    SCIM_BASE_URL = "scim_base_url"
    SCIM_TOKEN = "scim_token"
    PULL_CLIENT_ID = "pull_client_id"
    PULL_SCOPES = "pull_scopes"


class MetadataForm(StrEnum):
    URL = "url"
    XML = "xml"
    MANUAL = "manual"


class MapKind(StrEnum):
    ATTRIBUTES = "attributes"
    GROUPS_TO_ROLES = "groups-to-roles"
    GROUPS_TO_SYNC = "groups-to-sync"


class InputField(StrEnum):
    """What an `input` step asks for; each is tried out before it is kept."""

    KEY = "key"
    ADMIN = "admin"
    CONSENT = "consent"


class Source(StrEnum):
    """How people come over: pushed to our SCIM door, or pulled by the room that knows this directory."""

    SCIM = "scim"
    GOOGLE = "google"


class Action(StrEnum):
    ACTIVATE_SSO = "sso.activate"
    ACTIVATE_SCIM = "scim.activate"


class Undo(StrEnum):
    DEACTIVATE_SSO = "sso.deactivate"
    PAUSE_SCIM = "scim.pause"


class Effect(StrEnum):
    """The consequences shown before somebody switches something on."""

    MEMBERS_AFFECTED = "members_affected"
    MEMBERS_UNAFFECTED = "members_unaffected"
    BREAK_GLASS = "break_glass"
    EXISTING_SESSIONS = "existing_sessions"
    PREVIEW_COUNTS = "preview_counts"
    MANUAL_INVITES = "manual_invites"
    DEPROVISION_RULE = "deprovision_rule"
    DELETION_GUARD = "deletion_guard"


class Awaited(StrEnum):
    """What a waiting step waits for."""

    AUTHENTICATED_REQUEST = "scim.authenticated_request"
    USER_RECEIVED = "scim.user_received"
    GROUP_RECEIVED = "scim.group_received"
    CYCLE_IDLE = "scim.cycle_idle"


class Mishap(StrEnum):
    """What a waiting step shows besides: requests that came, but wrongly."""

    BAD_TOKEN = "bad_token"
    WRONG_PATH = "wrong_path"
    NOT_HTTPS = "not_https"
    MISSING_FLAG = "missing_flag"


class Change(StrEnum):
    CREATE = "create"
    LINK = "link"
    UPDATE = "update"
    DEACTIVATE = "deactivate"
    ROLE_CHANGE = "role_change"
    CONFLICT = "conflict"
    UNTOUCHED = "untouched"


class Counter(StrEnum):
    RECEIVED = "received"
    APPLIED = "applied"
    HELD = "held"
    FAILED = "failed"
