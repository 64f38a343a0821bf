"""The one process: Streamlit's script and our own routes behind the same doors."""

import gc
import socket
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import uvicorn
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from streamlit import config
from streamlit.starlette import App

from app import preferences, realm_pack, realm_pictures, session, sign_in, takeaway
from app.api import Api
from app.claims_api import ClaimsApi
from app.desk import Desks
from app.doors import Doors
from app.letters_api import LettersApi
from app.settings import Settings
from app.tickets import Tickets
from app.triage_api import TriageApi
from app.wiring import Site
from store import migrate

MAIN = Path(__file__).resolve().parent / "main.py"
LOOPBACK = ("127.0.0.1", "localhost")

PINNED = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 1,
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "runner.magicEnabled": False,
    "logger.enableRich": False,
    "logger.level": "warning",
    "theme.showWidgetBorder": True,
    "theme.light.primaryColor": "#005eb8",
    "theme.light.borderColor": "#76838c",
    "theme.light.textColor": "#212b32",
    "theme.light.grayTextColor": "#4c6272",
    "theme.dark.primaryColor": "#1f78c8",
    "theme.dark.backgroundColor": "#12181d",
    "theme.dark.secondaryBackgroundColor": "#1d262d",
    "theme.dark.borderColor": "#8595a1",
    "theme.dark.textColor": "#e8edee",
    "theme.dark.grayTextColor": "#b6c3cc",
}
"""Streamlit's settings; they hold whatever a configuration file or the environment says."""


class PortTaken(ValueError):
    """Another program listens where the server should."""


class OpenToTheNetwork(ValueError):
    """The server was asked to listen where people cannot yet be told apart."""


def application(site: Site) -> App:
    """The whole application over *site*.

    Raises:
        OpenToTheNetwork: the host is not a loopback address.
    """
    settings = site.settings
    if settings.host not in LOOPBACK:
        msg = (
            f"VCF_HOST is {settings.host}; signing in without a password is for this machine "
            "alone. Use 127.0.0.1."
        )
        raise OpenToTheNetwork(msg)
    for option, value in PINNED.items():
        config.set_option(option, value)
    desks, tickets = Desks(site), Tickets(site.key)
    session.install(session.Installed(site, desks, tickets))
    hosts = [f"{name}:{settings.port}" for name in LOOPBACK]
    return App(
        MAIN,
        routes=[
            Route("/health", _health(site)),
            *sign_in.routes(desks),
            *Api(desks, tickets).routes(),
            *ClaimsApi(desks, tickets).routes(),
            *LettersApi(desks, tickets).routes(),
            *TriageApi(desks, tickets).routes(),
            *takeaway.routes(desks),
            *preferences.routes(desks),
            *realm_pictures.routes(desks),
            *realm_pack.routes(desks),
        ],
        middleware=[Middleware(Doors, desks=desks, hosts=hosts)],
        on_script_error=session.apologise,
    )


def _health(site: Site) -> Callable[[Request], Response]:
    def answer(_request: Request) -> Response:
        sound = migrate.current(site.engine) == migrate.newest()
        return JSONResponse({"status": "ok" if sound else "wrong schema"}, 200 if sound else 503)

    return answer


def check_port(settings: Settings) -> None:
    """Raise `PortTaken` when another program listens where the server should."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            msg = f"Port {settings.port} is taken. Stop what listens there, or set VCF_PORT."
            raise PortTaken(msg) from None


def serve(site: Site) -> None:
    """Serve until interrupted."""
    settings = site.settings
    served = application(site)
    _settle()
    uvicorn.run(
        served,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        timeout_graceful_shutdown=2,  # an open page would keep it waiting for ever
        access_log=False,
        server_header=False,
        ws="websockets-sansio",
    )


def _settle() -> None:
    """Load what the screens use, and take it out of the garbage collector's sight.

    Streamlit collects garbage after every run of the script. Walking over all the modules of
    this process took 0.3 s each time, and every slice and decision of everybody waited for it.
    """
    for name in ("pandas", "plotly.graph_objects", "components.charts", "streamlit.elements"):
        import_module(name)
    gc.collect()
    gc.freeze()
