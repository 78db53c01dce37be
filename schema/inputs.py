"""Texts that come in."""

from plugin.errors import Invalid


def plain(text: str, field: str) -> str:
    """The text itself. Raises :class:`Invalid` for the one character that PostgreSQL cannot keep."""
    if "\x00" in text:
        raise Invalid("a text cannot hold the character U+0000", field=field)
    return text
