"""Signing in by a link sent to the person's own address."""

from flask import render_template
from werkzeug.wrappers import Response

from portal.auth import bp
from portal.auth.entering import count_try, go_on
from portal.auth.forms import ConfirmForm, LinkForm
from portal.extensions import db
from portal.models import Method
from portal.organizations import local_ways, mail_links, users
from portal.organizations.actors import Actor, Door
from portal.organizations.refusals import Refused
from portal.settings import current
from portal.web import targets
from portal.web.access import access
from portal.words import _


@bp.post("/login/link")
@access("public")
def send_mail_link() -> str | tuple[str, int]:
    """Says the same for every address, known or not, and either way something was written when it does (WEB-9)."""
    form = LinkForm()
    if not form.validate_on_submit():
        return _used_up(_("The form had expired.")), 422
    count_try()
    user = users.find(form.email.data)
    if user:
        mail_links.send(user, by=Actor(Door.AUTH, label=user.label), target=targets.local(form.next.data))
    else:
        mail_links.send_nobody(by=Actor(Door.AUTH))
    db.session.commit()
    return render_template(
        "auth/sent.html", title=_("Check your e-mail"), email=form.email.data, minutes=current().mail_link_minutes
    )


@bp.get("/sign-in/<token>")
@access("public")
def show_mail_link(token: str) -> str | tuple[str, int]:
    """Looking changes nothing: mail scanners open links."""
    try:
        link = mail_links.find(token)
    except Refused as refusal:
        return _used_up(str(refusal)), 410
    return render_template("auth/link.html", title=_("Sign in"), form=ConfirmForm(), email=link.user.email, token=token)


@bp.post("/sign-in/<token>")
@access("public")
def use_mail_link(token: str) -> str | tuple[str, int] | Response:
    try:
        link = mail_links.find(token)
        local_ways.require_allowed(link.user)
        user = mail_links.use(link)
    except Refused as refusal:
        return _used_up(str(refusal)), 410
    return go_on(user, Method.EMAIL_LINK, link.target)


def _used_up(words: str) -> str:
    return render_template("auth/used_up.html", title=_("This link does not work any more"), words=words)
