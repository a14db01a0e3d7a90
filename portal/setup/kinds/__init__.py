"""What each kind of step adds to the guide's words, and what happens when it is submitted; one module per kind."""

from collections.abc import Mapping

from portal.setup.kinds.attributes import Attributes
from portal.setup.kinds.bringing import Bringing
from portal.setup.kinds.choosing import Choosing
from portal.setup.kinds.client import InputtingClient
from portal.setup.kinds.confirming import Confirming
from portal.setup.kinds.connecting import Connecting
from portal.setup.kinds.copying import Copying
from portal.setup.kinds.groups import Groups
from portal.setup.kinds.instructing import Instructing
from portal.setup.kinds.kind import Kind
from portal.setup.kinds.metadata import ImportingMetadata
from portal.setup.kinds.previewing import Previewing
from portal.setup.kinds.pulling import Pulling
from portal.setup.kinds.testing import Testing
from portal.setup.kinds.waiting import Waiting
from portal.setup.kinds.watching import Watching
from portal.setup.places import Place
from wizards.choices import MapKind, StepType

KINDS: Mapping[StepType | MapKind, Kind] = {
    StepType.CHOOSE: Choosing(),
    StepType.INSTRUCT: Instructing(),
    StepType.COPY_VALUES: Copying(),
    StepType.INPUT_METADATA: ImportingMetadata(),
    StepType.INPUT_CLIENT: InputtingClient(),
    StepType.TEST: Testing(),
    MapKind.ATTRIBUTES: Attributes(),
    MapKind.GROUPS_TO_ROLES: Groups(),
    StepType.WAIT_FOR_REQUEST: Waiting(),
    StepType.PREVIEW: Previewing(),
    StepType.CONFIRM: Confirming(),
    StepType.WATCH: Watching(),
    StepType.INPUT: Connecting(),
    StepType.PULL: Pulling(),
    MapKind.GROUPS_TO_SYNC: Bringing(),
}


def of(place: Place) -> Kind:
    return KINDS[place.step.kind or place.step.type]
