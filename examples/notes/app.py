"""Notes: companies keep notes here and hand them to their people. It knows users, organizations, members, and nothing else."""

import os
import sqlite3

from flask import Flask, abort, g, redirect, render_template, request, url_for
from vestibule import Api, Webhooks
from vestibule.flask import Vestibule

TABLE = """
CREATE TABLE IF NOT EXISTS notes (
    id INTEGER PRIMARY KEY, organization TEXT NOT NULL, author TEXT NOT NULL, holder TEXT NOT NULL, text TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS notes_of ON notes (organization, id);
CREATE INDEX IF NOT EXISTS notes_held ON notes (organization, holder);
"""
GONE = ("member.suspended", "member.removed")

app = Flask(__name__)
app.config.update(SECRET_KEY=os.environ["NOTES_SECRET_KEY"], SESSION_COOKIE_SAMESITE="Lax", MAX_CONTENT_LENGTH=100_000)
vestibule = Vestibule(app)


@app.get("/")
@vestibule.require_org_member()
def list_notes():
    found = _rows("SELECT * FROM notes WHERE organization = ? ORDER BY id DESC LIMIT 200", _organization().id)
    members = _members()
    return render_template("notes.html", notes=found, members=members, me=vestibule.user, may_delete=_may_delete)


@app.post("/notes")
@vestibule.require_org_member()
def create_note():
    text = request.form["text"].strip() or abort(400)
    _write(
        "INSERT INTO notes (organization, author, holder, text) VALUES (?, ?, ?, ?)",
        _organization().id, vestibule.user.id, vestibule.user.id, text,
    )  # fmt: skip
    return redirect(url_for("list_notes"), 303)


@app.post("/notes/<int:note_id>/holder")
@vestibule.require_org_member()
def hand_over(note_id: int):
    """To a member; whoever left holds nothing any more."""
    note, holder = _note(note_id), request.form["holder"]
    if holder not in _members():
        abort(400)
    _write("UPDATE notes SET holder = ? WHERE organization = ? AND id = ?", holder, note["organization"], note_id)
    return redirect(url_for("list_notes"), 303)


@app.post("/notes/<int:note_id>/deletion")
@vestibule.require_org_member()
def delete_note(note_id: int):
    note = _note(note_id)
    if not _may_delete(note):
        abort(403)
    _write("DELETE FROM notes WHERE organization = ? AND id = ?", note["organization"], note_id)
    return redirect(url_for("list_notes"), 303)


@app.post("/hooks")
def take_event():
    """Told that somebody is gone, their notes go to nobody."""
    event = Webhooks(os.environ["NOTES_WEBHOOK_SECRET"]).read(request.get_data(), request.headers)
    if event.type in GONE:
        gone = event.data["user_id"]
        _write("UPDATE notes SET holder = '' WHERE organization = ? AND holder = ?", event.organization_id, gone)
    return "", 204


def _organization():
    return vestibule.user.organization


def _members() -> dict[str, str]:
    """Who works there now: user ids and names."""
    rows = Api().list("organizations", _organization().id, "memberships", status="active", limit=200)
    return {row["user_id"]: row["name"] or row["email"] for row in rows}


def _may_delete(note: sqlite3.Row) -> bool:
    """Its author, and those who run the organization."""
    return note["author"] == vestibule.user.id or _organization().may("manage_organization")


def _note(note_id: int) -> sqlite3.Row:
    """Of this organization, or none at all."""
    found = _rows("SELECT * FROM notes WHERE organization = ? AND id = ?", _organization().id, note_id)
    return found[0] if found else abort(404)


def _rows(query: str, *values: object) -> list[sqlite3.Row]:
    return _database().execute(query, values).fetchall()


def _write(query: str, *values: object) -> None:
    with _database() as database:
        database.execute(query, values)


def _database() -> sqlite3.Connection:
    if "database" not in g:
        g.database = sqlite3.connect(os.environ.get("NOTES_DATABASE", "notes.db"))
        g.database.row_factory = sqlite3.Row
        g.database.executescript(TABLE)
    return g.database


@app.teardown_appcontext
def _close(_: BaseException | None) -> None:
    if "database" in g:
        g.pop("database").close()
