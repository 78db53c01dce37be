"""Trusted documents: the only ones that a widget's token may send, each known by the SHA-256 of its text.

A widget's token is within reach of every script on the host's pages. It can do no more than the documents in ``schema/documents`` do, which are listed with
their hashes in ``index.txt``; a file that is listed is never changed or removed while a user interface that sends it is supported.

A request names a document as the appendix "Persisted Documents" of GraphQL over HTTP says (``documentId: "sha256:…"``), or as Apollo clients do
(``extensions.persistedQuery`` with ``version`` 1 and ``sha256Hash``). What names two is refused. A document that is sent whole is trusted when its hash is
known. A client that is told that a hash is not known may send the document whole beside it: who may send documents of their own is answered then, and nothing
is remembered.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from plugin.errors import Forbidden, Invalid, NotFound

FOLDER = Path(__file__).parent / "documents"
INDEX = FOLDER / "index.txt"
WIDGET = "widget"
APOLLO_VERSION = 1
_HASH = re.compile(r"[0-9a-f]{64}\Z")


@dataclass(frozen=True, slots=True)
class Name:
    """The hash by which a request names a document; ``apollo`` says that it does so in Apollo's way."""

    digest: str
    apollo: bool


class UnknownDocument(NotFound):
    """No document has the hash that was named. The answer is one of GraphQL, with this as its only error (appendix "Persisted Documents")."""

    code = "unknown_document"


def document_hash(text: str) -> str:
    """The name of a document."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def documents() -> Mapping[str, str]:
    """Every trusted document by its hash."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql")))
    return {document_hash(text): text for text in texts}


def named(document_id: object, extensions: object) -> Name | None:
    """What a request names, if it names something. Raises :class:`Invalid` for what cannot be a hash, and for two that differ."""
    persisted = extensions.get("persistedQuery") if isinstance(extensions, Mapping) else None
    by_id = None if document_id is None else _digest(document_id, "documentId must be sha256: and 64 hexadecimal digits")
    by_apollo = None if persisted is None else _of_apollo(persisted)
    if by_id is not None and by_apollo is not None and by_id != by_apollo:
        raise Invalid("documentId and extensions.persistedQuery name different documents: send one of the two", code="document_mismatch")
    digest = by_apollo if by_id is None else by_id
    return None if digest is None else Name(digest, apollo=by_id is None)


def _of_apollo(persisted: object) -> str:
    """The hash that Apollo's extension holds; there is one version of it (github.com/apollographql/apollo-server, ``requestPipeline.ts``)."""
    if not isinstance(persisted, Mapping):
        raise Invalid("extensions.persistedQuery must be an object with version and sha256Hash", code="bad_document_id")
    if persisted.get("version") != APOLLO_VERSION or isinstance(persisted.get("version"), bool):
        raise Invalid("extensions.persistedQuery must be of version {version}: there is no other", code="bad_document_id", version=APOLLO_VERSION)
    return _digest(persisted.get("sha256Hash"), "extensions.persistedQuery.sha256Hash must be 64 hexadecimal digits")


def _digest(found: object, wrong: str) -> str:
    plain = found.removeprefix("sha256:") if isinstance(found, str) else ""
    if not _HASH.match(plain):
        raise Invalid(wrong, code="bad_document_id")
    return plain


def resolve(query: str | None, *, name: Name | None, audience: str) -> str | None:
    """The text to execute.

    Raises :class:`UnknownDocument` for a hash alone that is not known, and :class:`Forbidden` for a widget's token with a text of its own.
    """
    if name is not None and query is not None and document_hash(query) != name.digest:
        raise Invalid("the query is not the document that the hash names: send one of the two", code="document_mismatch")
    if name is not None and query is None:
        text = documents().get(name.digest)
        if text is None:
            raise _unknown(name)
        return text
    if query is not None and audience == WIDGET and document_hash(query) not in documents():
        raise Forbidden("a widget's token may send trusted documents only: use a personal API token for queries of your own", code="untrusted_document")
    return query


def _unknown(name: Name) -> UnknownDocument:
    if name.apollo:
        # By these two words its clients know that they may send the document whole (@apollo/client, link/persisted-queries).
        return UnknownDocument("PersistedQueryNotFound", code="PERSISTED_QUERY_NOT_FOUND")
    return UnknownDocument("no trusted document has this hash")
