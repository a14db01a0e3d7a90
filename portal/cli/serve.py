"""flask serve: the web server for operators, behind a proxy that speaks TLS."""

import signal
import sys

import click
import waitress
from flask import Flask, current_app

from portal.cli import role
from portal.settings import current


@click.command("serve", help="Serve pages, SAML, SCIM and the API until stopped; the worker is a process of its own.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
def command(host: str, port: int) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    role.load_configured(app)
    settings = current()
    for number in (signal.SIGINT, signal.SIGTERM):  # requests under way are answered first
        signal.signal(number, lambda *_: sys.exit(0))
    server = waitress.create_server(
        app, host=host, port=port, threads=settings.server_threads, ident=None,
        connection_limit=1_000, channel_timeout=75,
        max_request_body_size=max(settings.max_body, settings.scim_max_body),
        clear_untrusted_proxy_headers=not settings.trusted_proxies,  # TRUSTED_PROXIES says how many of them count
    )  # fmt: skip
    click.echo(f"Listening at http://{host}:{port}, for {settings.public_url}", err=True)
    server.run()
