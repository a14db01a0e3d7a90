"""POST /.search at the root: people, then groups, as one list (RFC 7644 §3.4.3)."""

from dataclasses import replace

from flask import Response

from portal.scim import kinds, paging, reading, rendering
from portal.scim.entry import body, place
from portal.scim.queries import Query
from portal.scim.rendering import Document, Selection


def search() -> Response:
    """An attribute that a kind does not have is false of it, not a mistake (RFC 7644 §3.4.2.1)."""
    asked = body()
    query = replace(Query.read(asked), at_root=True, cursor=None)
    found: list[Document] = []
    total = 0
    for kind in kinds.every():
        selection = Selection.asked(kind, asked)
        part = replace(query, start=max(1, query.start - total), count=query.count - len(found))
        page = paging.read(place(), kind, part, selection)
        found += [reading.document(place(), kind, row, selection) for row in page.rows]
        total += page.total
    return rendering.answer(rendering.listing(found, total, startIndex=query.start))
