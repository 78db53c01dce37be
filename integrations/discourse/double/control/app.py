"""The control routes under ``/_double``."""

import ipaddress
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from integrations.discourse.double import archive, demo_data, persist
from integrations.discourse.double.clock import parse_time
from integrations.discourse.double.control import content, people  # noqa: F401  # they register their acts
from integrations.discourse.double.control.registry import ACTS, BadAct, perform
from integrations.discourse.double.dispatch import Double
from integrations.discourse.double.errors import Json, Refused
from integrations.discourse.double.faults import Fault
from integrations.discourse.double.forum import TABLES
from integrations.discourse.double.hooks.catalog import GROUPED
from integrations.discourse.double.model import Theme

Handler = Callable[[Double, Json, Request], Awaitable[object]]


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadAct(f"{name!r} is a number")
    return float(value)


async def state(double: Double, _values: Json, request: Request) -> object:
    """The content in a fixed order; ``?parts=users,topics`` for less."""
    parts = request.query_params.get("parts", "")
    wanted = tuple(part for part in parts.split(",") if part) or persist.CONTENT
    unknown = set(wanted) - set(TABLES)
    if unknown:
        raise BadAct(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(TABLES)}")
    return persist.canonical(double.forum, wanted)


async def clock(double: Double, values: Json, _request: Request) -> object:
    """``{"freeze": true | time}``, ``{"advance": seconds}``, ``{"set": time}``, ``{"run": true}``; times are seconds or ISO."""
    forum_clock = double.forum.clock

    def moment(value: object) -> float:
        return parse_time(value) if isinstance(value, str) else _number(value, "time")

    if "freeze" in values:
        forum_clock.freeze(None if values["freeze"] is True else moment(values["freeze"]))
    if "set" in values:
        forum_clock.set(moment(values["set"]))
    if "advance" in values:
        forum_clock.advance(_number(values["advance"], "advance"))
    if values.get("run"):
        forum_clock.run()
    double.deliverer.kick()
    return {"now": forum_clock.now(), "frozen": forum_clock.frozen_at is not None}


async def settings(double: Double, values: Json, _request: Request) -> object:
    """Change settings by name; an empty object only reads them. ``reset_limits`` forgets the requests so far."""
    if values.pop("reset_limits", False):
        double.limits.reset()
    double.forum.settings.change(values)
    return double.forum.settings.as_dict()


async def set_faults(double: Double, values: Json, _request: Request) -> object:
    """``{"faults": [...]}`` replaces all; each has kind, path, method, times, status, retry_after, delay, chance. ``seed`` for the chance."""
    given = values.get("faults", [])
    if not isinstance(given, list):
        raise BadAct("'faults' is a list")
    items = [Fault.read(item) for item in given if isinstance(item, dict)]
    double.faults.items = items
    double.faults.rng = random.Random(int(_number(values.get("seed", 0), "seed")))
    return {"faults": [{"kind": item.kind, "path": item.path, "times": item.times, "hits": item.hits} for item in items]}


async def get_faults(double: Double, _values: Json, _request: Request) -> object:
    """The faults that are set, and how often each hit."""
    return {"faults": [{"kind": item.kind, "path": item.path, "times": item.times, "hits": item.hits} for item in double.faults.items]}


async def deliveries(double: Double, values: Json, _request: Request) -> object:
    """``pause``, ``resume``, ``shuffle``, ``parallel``, ``drop_percent``, ``duplicate_percent``, ``seed``, ``discard``, ``flush`` (seconds)."""
    manner, deliverer = double.deliverer.manner, double.deliverer
    if "seed" in values:
        manner.seed = int(_number(values["seed"], "seed"))
        manner.rng = random.Random(manner.seed)
    manner.shuffle = bool(values.get("shuffle", manner.shuffle))
    manner.parallel = int(_number(values.get("parallel", manner.parallel), "parallel"))
    manner.drop_percent = _number(values.get("drop_percent", manner.drop_percent), "drop_percent")
    manner.duplicate_percent = _number(values.get("duplicate_percent", manner.duplicate_percent), "duplicate_percent")
    if values.get("discard"):
        double.forum.hooks.jobs.clear()
    if values.get("pause"):
        manner.paused = True
    if values.get("resume") or values.get("flush"):
        manner.paused = False
        deliverer.kick()
    idle = await deliverer.idle(timeout=_number(values["flush"], "flush")) if values.get("flush") else None
    log = double.forum.hook_events
    return {
        "idle": idle,
        "paused": manner.paused,
        "waiting": len(double.forum.hooks.jobs),
        "sent": len(log),
        "failed": sum(1 for event in log.values() if not 200 <= event.status <= 299),
    }


async def perform_acts(double: Double, values: Json, _request: Request) -> object:
    """One act, or ``{"acts": [...]}``; a refusal of the forum ends the list."""
    acts = values.get("acts")
    if isinstance(acts, list):
        return {"results": [perform(double.forum, item) for item in acts if isinstance(item, dict)]}
    return perform(double.forum, values)


async def load(double: Double, values: Json, _request: Request) -> object:
    """``{"topics": path, "users": path, "webhooks": false, "limit": 0}`` or ``{"demo": path | true}``."""
    if "demo" in values:
        path = demo_data.DEMO if values["demo"] is True else Path(str(values["demo"]))
        demo_data.load_demo(double.forum, demo_data.read_demo(path))
        return {"topics": len(double.forum.topics), "posts": len(double.forum.posts)}
    users = Path(str(values["users"])) if values.get("users") else None
    limit = int(_number(values.get("limit", 0), "limit"))
    topics, posts = archive.load_archive(double.forum, Path(str(values["topics"])), users, webhooks=bool(values.get("webhooks")), limit=limit)
    return {"topics": topics, "posts": posts}


async def calls(double: Double, _values: Json, request: Request) -> object:
    """The API calls by route: how many, with which statuses. ``?reset=1`` begins anew."""
    found = {name: {"count": item.count, "statuses": item.statuses, "last_at": item.last_at} for name, item in sorted(double.calls.items())}
    if request.query_params.get("reset"):
        double.calls.clear()
    return {"total": sum(item["count"] for item in found.values() if isinstance(item["count"], int)), "calls": found}


async def reset(double: Double, _values: Json, _request: Request) -> object:
    """Forget all content, hooks, keys, faults and counts; settings stay."""
    fresh = type(double.forum)(settings=double.forum.settings, clock=double.forum.clock)
    persist.restore(double.forum, persist.dump(fresh))
    double.forum.hooks.jobs.clear()
    double.faults.items.clear()
    double.limits.reset()
    double.calls.clear()
    return {}


async def help_page(double: Double, _values: Json, _request: Request) -> object:
    """What there is."""
    return {
        "control": {f"{methods} /_double/{name}": (handler.__doc__ or "").strip() for name, methods, handler in ROUTES},
        "acts": {name: (function.__doc__ or "").strip() for name, function in sorted(ACTS.items())},
        "routes": double.table.names(),
        "webhook_events": GROUPED,
    }


def _theme(double: Double, name: object) -> Theme:
    found = next((one for one in double.forum.themes.values() if one.name == name), None)
    if found is None:
        raise BadAct(f"there is no theme {name!r}; there are: {', '.join(one.name for one in double.forum.themes.values()) or 'none'}")
    return found


async def theme(double: Double, _values: Json, request: Request) -> object:
    """``?name=…``: the files of an installed component, its settings and whether members see it."""
    found = _theme(double, request.query_params.get("name", ""))
    return {"id": found.id, "files": found.files, "settings": found.settings, "active": found.active}


async def compiled(double: Double, values: Json, _request: Request) -> object:
    """``{"name", "script"}``: what Discourse's server would have made of the component's scripts; from now on pages load it."""
    found, script = _theme(double, values.get("name")), values.get("script")
    if not isinstance(script, str):
        raise BadAct("'script' is a text")
    double.forum.compiled[found.id] = script
    return {"id": found.id}


ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("", "GET", help_page),
    ("state", "GET", state),
    ("clock", "POST", clock),
    ("settings", "POST", settings),
    ("faults", "POST", set_faults),
    ("faults", "GET", get_faults),
    ("deliveries", "POST", deliveries),
    ("act", "POST", perform_acts),
    ("load", "POST", load),
    ("calls", "GET", calls),
    ("theme", "GET", theme),
    ("theme", "POST", compiled),
    ("reset", "POST", reset),
)


def _endpoint(double: Double, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        if not _from_here(request):
            return Response(status_code=404)
        try:
            body = await request.body()
            values = orjson.loads(body) if body else {}
            if not isinstance(values, dict):
                raise BadAct("send a JSON object")
            result = await handler(double, values, request)
        except Refused as refused:
            return Response(orjson.dumps(refused.body | {"refused": refused.status}), status_code=refused.status, media_type="application/json")
        except (ValueError, OSError, KeyError, TypeError) as error:
            return Response(orjson.dumps({"error": f"{type(error).__name__}: {error}"}), status_code=400, media_type="application/json")
        return Response(orjson.dumps(result, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_SORT_KEYS), media_type="application/json")

    return endpoint


def _from_here(request: Request) -> bool:
    """Whether the caller is a program on this machine: a loopback address, or none in process, and no web page that a browser here happens to show."""
    if "origin" in request.headers or request.headers.get("sec-fetch-site", "none") != "none":
        return False
    if request.client is None:
        return True
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def control_routes(double: Double) -> list[Route]:
    """The routes of control for one forum."""
    return [Route(f"/_double/{name}".rstrip("/"), _endpoint(double, handler), methods=[method]) for name, method, handler in ROUTES]
