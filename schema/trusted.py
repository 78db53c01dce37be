"""Trusted documents: the only ones that a widget's token may send, each known by the SHA-256 of its text.

A widget's token is within reach of every script on the host's pages. It can do no more than the documents in ``schema/documents`` do, which are listed with
their hashes in ``index.txt``; a file that is listed is never changed or removed while a user interface that sends it is supported.

A request names a document as the appendix "Persisted Documents" of GraphQL over HTTP says (``documentId: "sha256:…"``), or as Apollo clients do
(``extensions.persistedQuery.sha256Hash``). A document that is sent whole is trusted when its hash is known.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from plugin.errors import Forbidden, Invalid, NotFound

FOLDER = Path(__file__).parent / "documents"
INDEX = FOLDER / "index.txt"
WIDGET = "widget"
_HASH = re.compile(r"[0-9a-f]{64}\Z")


def document_hash(text: str) -> str:
    """The name of a document."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def documents() -> Mapping[str, str]:
    """Every trusted document by its hash."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql")))
    return {document_hash(text): text for text in texts}


def named(document_id: object, extensions: object) -> str | None:
    """The hash that a request names, if it names one. Raises :class:`Invalid` for one that cannot be."""
    persisted = extensions.get("persistedQuery") if isinstance(extensions, Mapping) else None
    found: object = document_id
    if found is None and isinstance(persisted, Mapping):
        found = persisted.get("sha256Hash")
    if found is None and persisted is None:
        return None
    plain = found.removeprefix("sha256:") if isinstance(found, str) else ""
    if not _HASH.match(plain):
        raise Invalid("documentId must be sha256: and 64 hexadecimal digits", code="bad_document_id")
    return plain


def resolve(query: str | None, *, name: str | None, audience: str) -> str | None:
    """The text to execute. Raises :class:`NotFound` for a hash that is not known and :class:`Forbidden` for a widget's token with a text of its own."""
    if name is not None:
        text = documents().get(name)
        if text is None:
            raise NotFound("no trusted document has this hash", code="unknown_document")
        if query is not None and document_hash(query) != name:
            raise Invalid("the query is not the document that the hash names: send one of the two", code="document_mismatch")
        return text
    if query is not None and audience == WIDGET and document_hash(query) not in documents():
        raise Forbidden("a widget's token may send trusted documents only: use a personal API token for queries of your own", code="untrusted_document")
    return query
