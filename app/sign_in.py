"""Signing in and out: plain pages without script, so that they work before anything else does."""

from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.desk import COOKIE, Desks
from store import staff
from store.domain.people import Person, Role
from store.domain.refusal import NotAllowed

_PAGE = """<!doctype html><html lang="en-GB"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in – VCF Review</title>
<style>
body {{ font: 18px/1.5 Arial, sans-serif; margin: 0; color: #212b32; background: #f0f4f5; }}
header {{ background: #005eb8; color: #fff; padding: 16px 32px; font: 700 22px Arial; }}
.demo {{ background: #ffeb3b; color: #212b32; padding: 8px 32px; font-weight: 700; }}
main {{ max-width: 720px; margin: 32px auto; padding: 24px 32px; background: #fff; }}
h1 {{ font-size: 28px; margin: 0 0 8px; }}
button {{ font: inherit; display: flex; width: 100%; gap: 16px;
  justify-content: space-between; align-items: center;
  padding: 12px 16px; margin: 8px 0; background: #fff; border: 2px solid #005eb8; color: #005eb8;
  border-radius: 4px; cursor: pointer; text-align: left; }}
button:hover {{ background: #005eb8; color: #fff; }}
button:focus-visible {{ outline: 4px solid #ffb81c; outline-offset: 2px; }}
small {{ color: #4c6272; }} button:hover small {{ color: #fff; }}
.error {{ border-left: 6px solid #d5281b; padding: 8px 16px; }}
</style></head><body>{demo}<header>VCF Review</header><main><h1>Sign in</h1>{error}
<p>{words}</p><form method="post" action="/sign-in">
<input type="hidden" name="next" value="{next}">{people}</form></main></body></html>"""

_DEMO = '<div class="demo">DEMO – every patient here is invented. Not for clinical use.</div>'


def routes(desks: Desks) -> list[Route]:
    """The pages of signing in and out."""

    def page(request: Request) -> Response:
        return _page(desks, _inside(request.query_params.get("next", "/")))

    async def enter(request: Request) -> Response:
        form = await request.form()
        goal = _inside(str(form.get("next", "/")))
        try:
            secret = desks.sign_in(str(form.get("handle", "")))
        except NotAllowed as refusal:
            return _page(desks, goal, str(refusal), 403)
        answer = RedirectResponse(goal, 303)
        secure = request.url.scheme == "https"
        answer.set_cookie(COOKIE, secret, httponly=True, samesite="strict", secure=secure, path="/")
        return answer

    def leave(request: Request) -> Response:
        desk = desks.at(request.cookies.get(COOKIE))
        if desk is not None:
            desks.site.submit(desk.person, staff.sign_out)
        answer = RedirectResponse("/sign-in", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    return [
        Route("/sign-in", page, methods=["GET"]),
        Route("/sign-in", enter, methods=["POST"]),
        Route("/sign-out", leave, methods=["GET", "POST"]),
    ]


def _inside(path: str) -> str:
    """*path* when it stays within the workstation, else the front page."""
    safe = path.startswith("/") and not path.startswith(("//", "/\\", "/sign-"))
    return path if safe and path.isprintable() else "/"


def _page(desks: Desks, goal: str, error: str = "", status: int = 200) -> Response:
    demo = desks.site.settings.demo
    people = "".join(_button(person) for person in _in_order(desks.everyone()))
    return HTMLResponse(
        _PAGE.format(
            demo=_DEMO if demo else "",
            error=f'<p class="error" role="alert">{escape(error)}</p>' if error else "",
            words="Choose who you are. Each role sees what its work needs.",
            next=escape(goal, quote=True),
            people=people
            or "<p>Nobody may sign in yet. Run <code>vcf-review staff add</code>.</p>",
        ),
        status,
    )


def _in_order(people: tuple[Person, ...]) -> list[Person]:
    """By role in the order of the work, then by name."""
    order = list(Role)
    return sorted(people, key=lambda person: (order.index(person.role), person.name))


def _button(person: Person) -> str:
    handle = escape(person.handle, quote=True)
    return (
        f'<button name="handle" value="{handle}"><span>{escape(person.role.words)}</span>'
        f"<small>{escape(person.name)}</small></button>"
    )
