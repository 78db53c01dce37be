"""The page to try queries. It holds no data: the token that is typed into it stays in the page, and the schema is shown to tokens that may introspect."""

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from plugin.web.pages import render, speaker_for

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


async def graphiql(request: Request) -> Response:
    """GraphiQL from our own origin."""
    # GraphiQL's editor writes style attributes; scripts come from files of ours only.
    headers = {"Content-Security-Policy": CSP, "Referrer-Policy": "no-referrer"}
    code = Markup('<code translate="no">mentorgraph token create</code>')
    return render("graphiql.html", speaker_for(request), headers=headers, code=code)
