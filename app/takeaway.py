"""Files people take away: made here, noted in the trail, never through Streamlit's own store."""

import hashlib
from datetime import UTC, date, datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import batch_files
from app.desk import DESK, Desks
from app.formats import KINDS
from app.wiring import anchor
from exports.rates import rates_workbook
from exports.sheet import XLSX
from store import rates, referrals
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed
from store.staff import SignedIn


def routes(desks: Desks) -> list[Route]:
    """The downloads."""
    site = desks.site

    def batch(request: Request) -> Response:
        desk: SignedIn = request.scope[DESK]
        batch_id = request.path_params["batch"]
        kind = request.query_params.get("kind", "xlsx")
        try:
            content, name = batch_files.content(site, desk.person, batch_id, kind)
            site.submit(desk.person, referrals.downloaded, batch_id, kind)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        return _file(content, name, KINDS[kind].media)

    def rate_book(request: Request) -> Response:
        desk: SignedIn = request.scope[DESK]
        asked = request.query_params
        try:
            start, end = _day(asked.get("from")), _day(asked.get("to"))
            where, version = asked.get("site", ""), _version(asked)
            funnel = site.ask(desk.person, rates.funnel, start, end, where, version)
            head = anchor(site, INTAKE)
            content = rates_workbook(
                funnel,
                period_words(start, end, where, version),
                made_at=datetime.now(UTC).replace(microsecond=0),
                made_by=desk.person.name,
                demo=site.settings.demo,
                trail_sequence=head.seq,
                trail_hash=head.hash,
            )
            digest = hashlib.sha256(content).hexdigest()
            site.submit(desk.person, rates.downloaded, digest)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        except ValueError:
            return JSONResponse({"error": "A day is written as 2026-11-22."}, 422)
        return _file(content, f"vcf-rates-{datetime.now(UTC):%Y%m%d}.xlsx")

    return [
        Route("/api/exports/{batch}", batch, methods=["GET"]),
        Route("/api/rates", rate_book, methods=["GET"]),
    ]


def _version(asked: QueryParams) -> tuple[str, str] | None:
    product = asked.get("product", "")
    return (product, asked.get("version", "")) if product else None


def period_words(
    start: date | None, end: date | None, site: str, version: tuple[str, str] | None = None
) -> str:
    """The period, site and AI version of a set of rates, in words."""
    when = f"Scans from {start:%d/%m/%Y}" if start else "Scans from the beginning"
    until = f"to {end:%d/%m/%Y}" if end else "to today"
    by = f", answered by {' '.join(version)}" if version else ""
    return f"{when} {until}, {f'site {site}' if site else 'all sites'}{by}"


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _file(content: bytes, name: str, media: str = XLSX) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)
