"""The words of a message: without markup, code, and what it quotes of others."""

import re

from integrations.markup import tidy, words_of_html
from integrations.values import Json, text

LONGEST = 100_000
"""Characters that are looked at; an event has at most 65 536 bytes (https://spec.matrix.org/latest/client-server-api/#size-limits)."""

_FENCES = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_QUOTED = re.compile(r"^>.*$", re.MULTILINE)


def words_of(content: Json) -> str:
    """What the author of a message wrote, as plain text."""
    formatted = text(content.get("formatted_body"), LONGEST)
    if content.get("format") == "org.matrix.custom.html" and formatted:
        return words_of_html(formatted)
    plain = text(content.get("body"), LONGEST) or ""
    return tidy(_QUOTED.sub("", _FENCES.sub(" ", plain)))
