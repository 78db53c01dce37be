"""Parameters as Rails merges them: query, form or JSON, with ``a[b]=`` and ``a[]=`` nested."""

import re
from collections.abc import Iterable

import orjson
from starlette.datastructures import UploadFile
from starlette.requests import Request

from integrations.discourse.double.errors import Json, Refused

_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def nest(pairs: Iterable[tuple[str, object]]) -> Json:
    """``post[raw]=x`` becomes ``{"post": {"raw": "x"}}`` and ``ids[]=1`` becomes ``{"ids": ["1"]}``."""
    root: Json = {}
    for key, value in pairs:
        match = _KEY.fullmatch(key)
        if match is None:
            root[key] = value
            continue
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        _put(root, path, value)
    return root


def _put(node: Json, path: list[str], value: object) -> None:
    for index, name in enumerate(path[:-1]):
        if path[index + 1] == "" and index + 2 == len(path):
            items = node.setdefault(name, [])
            if isinstance(items, list):
                items.append(value)
            return
        inner = node.setdefault(name, {})
        if not isinstance(inner, dict):
            return
        node = inner
    node[path[-1]] = value


async def read(request: Request) -> Json:
    """All parameters of a request. Raises 400 for a body that is not what it says it is."""
    values = nest(request.query_params.multi_items())
    if request.method in ("GET", "HEAD"):
        return values
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        values |= _json(await request.body())
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        form = await request.form()
        values |= nest((name, item) for name, item in form.multi_items())
    return values


def _json(body: bytes) -> Json:
    if not body.strip():
        return {}
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Refused(400, ["Bad Request"], extra={"status": 400, "error": "Bad Request"}) from None
    return found if isinstance(found, dict) else {"_json": found}


def is_file(value: object) -> bool:
    """Whether a parameter is an uploaded file."""
    return isinstance(value, UploadFile)
