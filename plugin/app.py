"""The composition root: the only place that sees everything."""

import asyncio
import contextlib
import gc
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from integrations import all_hosts, embed
from integrations.oidc.way import open_id
from mentorgraph.host import Host, RateLimit
from plugin.clock import Clock, system_clock
from plugin.http import GuardedHttp, Patience
from plugin.logs import configure_logging
from plugin.mail import SmtpMailer
from plugin.pace import Gates
from plugin.services.knowledge.graphs import Graphs
from plugin.services.operations.vitals import Watch
from plugin.services.runtime import Runtime
from plugin.settings import Settings
from plugin.store.crypto import Vault
from plugin.store.database import Database
from plugin.store.postgres import PostgresDatabase
from plugin.store.sqlite import SqliteDatabase
from plugin.tracing import configure_tracing
from plugin.web import console, errors, members
from plugin.web.auth import Auth
from plugin.web.brand import Brand
from plugin.web.browser import SignInNeeded, sign_in_needed
from plugin.web.certificates import Certificates
from plugin.web.cors import Cors, Origins
from plugin.web.embed import Embed
from plugin.web.enrol import Enrol
from plugin.web.graphiql import graphiql
from plugin.web.health import Health
from plugin.web.hooks import Hooks
from plugin.web.limits import BoundedBody, take_body
from plugin.web.oauth import OAuth
from plugin.web.pages import STILL, render, speaker_for
from plugin.web.setup import Join, Setup, for_operator
from plugin.web.signing import Signing
from plugin.web.slashes import leading_on
from plugin.web.status import Status
from plugin.web.stop import Feed, Stop
from plugin.worker import Worker
from schema.http import GraphQLEndpoint
from schema.limits import MAX_BODY

log = structlog.get_logger()

_HERE = Path(__file__).resolve().parent
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH"]


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What commands and the application are made of."""

    runtime: Runtime
    graphs: Graphs

    async def close(self) -> None:
        """Let go of the database."""
        await self.runtime.close()
        await self.runtime.database.close()


def open_database(settings: Settings, *, vault: Vault, clock: Clock) -> Database:
    """The database of the settings. Raises :class:`~plugin.errors.Misconfigured`."""
    if settings.embedded:
        return SqliteDatabase(settings.sqlite_path, vault=vault, clock=clock)
    return PostgresDatabase(settings.database_url, vault=vault, clock=clock)


def compose(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    hosts: Mapping[str, Host] | None = None,
    database: Database | None = None,
    patience: Patience | None = None,
) -> Parts:
    """Put the parts together."""
    vault, gates = Vault(settings.secret_keys), Gates()

    def make_http(limit: RateLimit) -> GuardedHttp:
        return GuardedHttp(allow_private=settings.allow_private, limit=limit, patience=patience or Patience(), gates=gates)

    runtime = Runtime(
        settings=settings,
        database=database or open_database(settings, vault=vault, clock=clock),
        vault=vault,
        hosts=hosts or all_hosts(),
        clock=clock,
        make_http=make_http,
        mailer=SmtpMailer(settings.smtp_url, sender=settings.sender) if settings.smtp_url else None,
        identity=open_id(),
    )
    return Parts(runtime=runtime, graphs=Graphs(runtime))


def manifest_path() -> Path:
    """``manifest.yaml``, in the checkout or in the wheel."""
    return _HERE.parent / "manifest.yaml"


class Application(Starlette):
    """Everything behind one entrance; deliveries, and operations that have a plan, are answered at the door."""

    hooks: Hooks
    graphql: GraphQLEndpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if await self.hooks.answer(scope, receive, send):
            return
        if self.graphql.may_answer(scope):
            body, receive = await take_body(scope, receive, limit=MAX_BODY)
            if body is not None and await self.graphql.answer(scope, body, send):
                return
        await super().__call__(scope, receive, send)


async def _manifest(_request: Request) -> Response:
    return FileResponse(manifest_path(), media_type="application/yaml")


async def _front(request: Request) -> Response:
    return render("front.html", speaker_for(request), scripts=False, headers=STILL)


def build(parts: Parts, *, embedded_worker: bool) -> Starlette:
    """The application around the parts."""
    runtime = parts.runtime
    watch = Watch(runtime)
    hooks, auth, health, status = Hooks(runtime), Auth(runtime), Health(runtime, watch), Status(runtime, watch)
    setup, join = Setup(runtime), Join(runtime)
    enrol, signing, stop = Enrol(runtime), Signing(runtime, auth), Stop(runtime)
    origins, embedded = Origins(runtime), Embed(runtime, script=embed.script())
    oauth = OAuth(runtime)
    graphql = GraphQLEndpoint(runtime, parts.graphs, origins=origins, page=graphiql)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await runtime.database.check()
        worker = Worker(runtime, parts.graphs) if embedded_worker else None
        task = health.worker = asyncio.create_task(worker.run()) if worker else None
        # What there is now stays. Without this every full collection goes through all modules again, a quarter of a second in the middle of deliveries.
        # Where this program is part of another that has seen to that, it is left alone.
        ours = not gc.get_freeze_count()
        if ours:
            gc.collect()
            gc.freeze()
        # A group of deliveries is hundreds of objects at once, none of them in a cycle. Looked at less often, they cost a twentieth of the CPU less.
        before = gc.get_threshold()
        gc.set_threshold(10_000, 20, 10)
        try:
            yield
        finally:
            gc.set_threshold(*before)
            if ours:
                gc.unfreeze()
            if worker and task:
                worker.stop()
                await asyncio.wait({task})
            await parts.close()

    bundles = Path(str(files("graphene_django_graphiql_static"))) / "static" / "graphene_django_graphiql_static"
    routes = [
        # First, because it is asked for most.
        Route("/graphql", BoundedBody(graphql, limit=MAX_BODY), methods=["GET", "POST"]),
        Route("/", _front),
        *health.routes,
        Route("/status", status.overall),
        Route("/status/{installation}", status.community),
        Route("/manifest.yaml", _manifest),
        Route("/hooks/{installation}/{rest:path}", hooks.receive, methods=METHODS),
        Route("/auth/done", auth.done),
        Route("/auth/{installation}/start", signing.start, methods=["GET"]),
        Route("/auth/{installation}/start", auth.begin_exchange, methods=["POST"]),
        Route("/auth/{installation}/callback", auth.callback),
        Route("/auth/{installation}/exchange", auth.exchange, methods=["POST"]),
        Route("/auth/{installation}/provider/callback", signing.provider_callback),
        Route("/auth/{installation}/code", signing.ask, methods=["POST"]),
        Route("/auth/{installation}/code/enter", signing.enter, methods=["POST"]),
        Route("/auth/{installation}/token", signing.token, methods=["POST"]),
        Route("/.well-known/oauth-authorization-server/oauth/{installation}", oauth.metadata),
        Route("/oauth/{installation}/authorize", oauth.authorize, methods=["GET"]),
        Route("/oauth/{installation}/authorize", oauth.decide, methods=["POST"]),
        Route("/oauth/{installation}/token", oauth.token, methods=["POST"]),
        Route("/oauth/{installation}/revoke", oauth.revoke, methods=["POST"]),
        Route("/oauth/{installation}/introspect", oauth.introspect, methods=["POST"]),
        Route("/oauth/{installation}/profile", oauth.profile, methods=["GET"]),
        Route("/oauth/{installation}/register", oauth.register, methods=["POST"]),
        Route("/setup", for_operator(setup, setup.front), methods=["GET"]),
        Route("/setup/leave", for_operator(setup, setup.leave), methods=["POST"]),
        Route("/setup/connect", for_operator(setup, setup.choose), methods=["GET"]),
        Route("/setup/connect", for_operator(setup, setup.establish), methods=["POST"]),
        Route("/setup/communities/{installation}/invite", for_operator(setup, setup.invite), methods=["POST"]),
        Route("/setup/communities/{installation}/disconnect", for_operator(setup, setup.disconnect), methods=["POST"]),
        Route("/setup/{token}", setup.show, methods=["GET"]),
        Route("/setup/{token}", setup.enter, methods=["POST"]),
        Route("/join/{installation}/{token}", join.show, methods=["GET"]),
        Route("/join/{installation}/{token}", join.accept, methods=["POST"]),
        Route("/embed/v1/{name}", embedded.script),
        Route("/embed/{installation}", embedded.about),
        Route("/embed/{installation}/frame", embedded.frame),
        Route("/stop/{installation}/{token}", stop.show, methods=["GET"]),
        Route("/stop/{installation}/{token}", stop.act, methods=["POST"]),
        Route("/calendar/{installation}/{token}", Feed(runtime).get, methods=["GET"]),
        Route("/certificate/{installation}/{code}", Certificates(runtime).show),
        Route("/enrol/{installation}/{token}", enrol.show, methods=["GET"]),
        Route("/enrol/{installation}/{token}", enrol.act, methods=["POST"]),
        WebSocketRoute("/graphql", graphql),
        Route("/brand/{installation}.css", Brand(runtime).get),
        *console.routes(runtime, parts.graphs),
        *members.routes(runtime, parts.graphs),
        Mount("/static/graphiql", StaticFiles(directory=bundles)),
        Mount("/static", StaticFiles(directory=_HERE / "web" / "static")),
    ]
    application = Application(
        routes=routes,
        lifespan=lifespan,
        exception_handlers={**errors.HANDLERS, SignInNeeded: sign_in_needed},
        middleware=[Middleware(Cors, origins=origins)],
    )
    application.hooks, application.graphql = hooks, graphql
    application.router.redirect_slashes, application.router.default = False, leading_on(application.router)
    return application


def watched(parts: Parts) -> Starlette:
    """What a process that only works answers: whether it lives, is ready, and its numbers."""
    return Starlette(routes=Health(parts.runtime, Watch(parts.runtime)).routes)


def create_app(settings: Settings) -> Starlette:
    """The application from settings alone; what a server starts."""
    configure_logging(settings)
    configure_tracing(settings)
    return build(compose(settings), embedded_worker=settings.embedded or settings.embedded_worker)
