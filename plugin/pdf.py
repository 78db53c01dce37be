"""Certificates as PDF, set by Typst. Words reach the template as data, never as markup; besides, only the machine's fonts are read, for names in any script."""

from collections.abc import Mapping
from pathlib import Path

_TEMPLATE = Path(__file__).parent / "web" / "templates" / "certificate.typ"


def certificate(words: Mapping[str, str]) -> bytes:
    """A page in landscape A4 with these words; ``language`` is a code such as ``de``. The same words and fonts give the same bytes."""
    # Loaded when the first certificate is made: it is the largest library of all, and most processes make none.
    import typst  # noqa: PLC0415

    return bytes(typst.compile(_TEMPLATE.read_bytes(), format="pdf", sys_inputs=dict(words), ignore_system_fonts=False))
