"""The page to try queries. It holds no data: the token that is typed into it stays in the page, and the schema is shown to tokens that may introspect."""

from starlette.requests import Request
from starlette.responses import Response

from plugin.web.pages import page

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)


async def graphiql(_request: Request) -> Response:
    """GraphiQL from our own origin."""
    response = page("graphiql.html", title="GraphiQL")
    # GraphiQL's editor writes style attributes; scripts come from files of ours only.
    response.headers["Content-Security-Policy"] = CSP
    return response
