"""What a product does not hand out and the operator knows: objects with `vestibule` in them, beside the export's own."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.moving_in.files import Piece
from portal.moving_in.rows import Row
from portal.moving_in.shape import Connection, Directory, Export, Notes, Organization

CONNECTION = ("metadata", "idp_entity_id", "sso_url", "certificate", "entity_id", "acs_url")
DIRECTORY = ("base_url", "secret", "idp")


class OwnWords:
    def __init__(self) -> None:
        self.said: dict[tuple[str, str], Row] = {}

    def among(self, pieces: Iterable[Piece], notes: Notes) -> Iterator[Piece]:
        """The export's own pieces; ours are put aside."""
        for piece in pieces:
            values = piece.value if isinstance(piece.value, list) else [piece.value]
            ours = [one for one in values if isinstance(one, dict) and "vestibule" in one]
            for one in ours:
                self._keep(Row(one, piece.where), notes)
            if not ours:
                yield piece

    def added_to(self, export: Export, notes: Notes) -> Export:
        made = replace(export, organizations=tuple(self._organization(one) for one in export.organizations))
        for (kind, id), row in self.said.items():
            if not self._is_known(made, kind, id):
                notes.row(row.where, f"there is no {kind} {id[:80]!r} in the export")
        return made

    def _keep(self, row: Row, notes: Notes) -> None:
        kind, id = row.text("vestibule"), row.text("id")
        wanted = {"connection": CONNECTION, "directory": DIRECTORY}.get(kind)
        if wanted is None or not id:
            notes.row(row.where, "says `vestibule`, but not connection or directory with an id")
            return
        self.said[kind, id] = row
        row.note_rest(kind, notes, wanted)

    def _organization(self, one: Organization) -> Organization:
        return replace(
            one,
            connections=tuple(self._connection(each) for each in one.connections),
            directories=tuple(self._directory(each) for each in one.directories),
        )

    def _connection(self, one: Connection) -> Connection:
        row = self.said.get(("connection", one.id))
        said = {name: row.text(name) for name in CONNECTION if row.text(name)} if row else {}
        return replace(one, **said)  # type: ignore[arg-type]

    def _directory(self, one: Directory) -> Directory:
        row = self.said.get(("directory", one.id))
        said = {name: row.text(name) for name in DIRECTORY if row.text(name)} if row else {}
        return replace(one, **said)  # type: ignore[arg-type]

    def _is_known(self, export: Export, kind: str, id: str) -> bool:
        found = (
            one
            for each in export.organizations
            for one in (each.connections if kind == "connection" else each.directories)
        )
        return any(one.id == id for one in found)
