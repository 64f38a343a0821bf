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
:root {{ color-scheme: light dark; --ink: light-dark(#212b32, #e8edee);
  --edge: light-dark(#005eb8, #6cb4f5); }}
body {{ font: 18px/1.5 Arial, sans-serif; margin: 0; color: var(--ink);
  background: light-dark(#f0f4f5, #12181d); }}
header {{ background: #005eb8; color: #fff; padding: 16px 32px; font: 700 22px Arial; }}
header p {{ margin: 0; }}
header .demo {{ background: #ffeb3b; color: #212b32; padding: 8px 32px; font-size: 18px;
  margin: -16px -32px 16px; }}
main {{ max-width: 720px; margin: 32px auto; padding: 24px 32px;
  background: light-dark(#fff, #1d262d); }}
h1 {{ font-size: 28px; margin: 0 0 8px; }}
button {{ font: inherit; display: flex; flex-wrap: wrap; width: 100%; gap: 4px 16px;
  justify-content: space-between; align-items: center; padding: 12px 16px; margin: 8px 0;
  background: light-dark(#fff, #222c34); border: 2px solid var(--edge);
  color: light-dark(#005eb8, #b5dbff); border-radius: 4px; cursor: pointer; text-align: left; }}
button:hover {{ background: #005eb8; color: #fff; }}
button:focus-visible {{ outline: 4px solid var(--ink); outline-offset: 2px;
  box-shadow: 0 0 0 2px #ffb81c; }}
small {{ font-size: 15px; color: light-dark(#4c6272, #b6c3cc); }}
button:hover small {{ color: #fff; }}
.error {{ border-left: 6px solid light-dark(#d5281b, #ff9aa6); padding: 8px 16px; }}
</style></head><body><header>{demo}<p>VCF Review</p></header><main><h1>Sign in</h1>{error}
<p>{words}</p><form method="post" action="/sign-in">
<input type="hidden" name="next" value="{next}">{people}</form></main></body></html>"""

_DEMO = '<p class="demo">DEMO – every patient here is invented. Not for clinical use.</p>'


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
