"""Key images of REALM cases: to those who take part once a case is shown, to the chair before."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.desk import DESK, Desks
from store import realm, votes
from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.staff import SignedIn


def routes(desks: Desks) -> list[Route]:
    """The way to the pictures."""
    site = desks.site

    def picture(request: Request) -> Response:
        desk: SignedIn = request.scope[DESK]
        door = realm.picture if desk.person.may(Permission.CHAIR) else votes.picture
        try:
            png = site.ask(desk.person, door, request.path_params["case_no"])
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        if png is None:
            return JSONResponse({"error": "This case has no picture to show."}, 404)
        return Response(png, media_type="image/png")

    return [Route("/api/realm/pictures/{case_no}", picture, methods=["GET"])]
