"""What /Users and /Groups do alike: list, show, and finish a write."""

import uuid
from collections.abc import Mapping

from flask import Response, request

from portal.extensions import db
from portal.scim import at_hand, cleaning, paging, reading, rendering
from portal.scim.attributes import Kind
from portal.scim.entry import note_use, place
from portal.scim.errors import not_found
from portal.scim.preconditions import unchanged
from portal.scim.queries import Query
from portal.scim.recording import note_ignored, record_write
from portal.scim.rendering import Document, Selection


def listed(kind: Kind, asked: Document | None = None) -> Response:
    """`asked` is the body of /.search; without, the address says what is asked for."""
    given: Mapping[str, object] = asked if asked is not None else request.args.to_dict()
    here, selection = place(), Selection.asked(kind, given)
    page = paging.read(here, kind, Query.read(given), selection)
    documents = [reading.document(here, kind, row, selection) for row in page.rows]
    return rendering.answer(rendering.listing(documents, page.total, **page.where))


def shown(kind: Kind, row_id: uuid.UUID) -> Response:
    selection = Selection.asked(kind)
    row = reading.one(place(), kind, row_id, selection)
    if row is None:
        raise not_found(kind.name.lower())
    return unchanged(row) or rendering.resource(reading.document(place(), kind, row, selection), row)


def cleaned(kind: Kind, sent: Document) -> Document:
    """What we keep of what was sent; the rest is counted for support."""
    found = cleaning.clean(kind, sent)
    cleaning.require(kind, found.document)
    note_ignored(found.ignored)
    return found.document


def written(response: Response) -> Response:
    """The end of a write; an operation of a bulk request leaves it to that request."""
    if at_hand.part() is None:
        note_use()
        record_write(response)
        db.session.commit()
    return response
