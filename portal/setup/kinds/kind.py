"""What every kind of step can do; most need to say only what differs."""

from collections.abc import Mapping

from markupsafe import Markup

from portal.setup.places import Place
from portal.setup.showing import End, Redo


class Kind:
    def slots(self, place: Place, redo: Redo | None) -> Mapping[str, Markup]:
        """What the guide's words may place, ready-made."""
        return {}

    def end(self, place: Place) -> End:
        return End()

    def submit(self, place: Place) -> Redo | None:
        """None when the step was taken; else what stood in the way."""
        return None
