"""The theme component as the archive that a forum takes in: our files, the modules that all our user interfaces share, and the texts.

``python -m integrations.discourse.theme FOLDER`` writes it for admins who install by hand.
"""

import io
import json
import sys
import tarfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

UI = Path(__file__).resolve().parent / "ui"
CLIENT = Path(__file__).resolve().parents[1] / "client"
FILE_NAME = "mentorgraph-theme.tar.gz"
MEDIA_TYPE = "application/gzip"
_OURS = ("settings.yml", "common/**/*", "javascripts/**/*")


def files() -> Iterator[tuple[str, bytes]]:
    """Path and content of every file of the component, in a fixed order."""
    found = {"about.json": _about()}
    for pattern in _OURS:
        found |= {path.relative_to(UI).as_posix(): path.read_bytes() for path in UI.glob(pattern) if path.is_file()}
    found |= {f"javascripts/discourse/lib/mentorgraph/{path.name}": path.read_bytes() for path in CLIENT.glob("*.js")}
    found |= {f"locales/{path.name}": path.read_bytes() for path in (CLIENT / "locales").glob("*.yml")}
    found["common/common.scss"] = (CLIENT / "panel.css").read_bytes() + b"\n" + found["common/common.scss"]
    yield from sorted(found.items())


def _about() -> bytes:
    text = (UI / "about.json").read_text(encoding="utf-8")
    return text.replace('"theme_version": null', f'"theme_version": "{version("mentorgraph")}"').encode()


def name() -> str:
    """What the forum lists it as."""
    return str(json.loads((UI / "about.json").read_bytes())["name"])


@cache
def archive() -> bytes:
    """The archive, with ``about.json`` at its root; the same bytes from the same files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.USTAR_FORMAT) as tar:
        for path, content in files():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(content), 0o644
            tar.addfile(entry, io.BytesIO(content))
    packed = bytearray(buffer.getvalue())
    packed[4:8] = bytes(4)  # the time at which it was packed (RFC 1952 section 2.3)
    return bytes(packed)


def main(folder: str) -> None:
    """Write the archive into a folder."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    (place / FILE_NAME).write_bytes(archive())
    sys.stdout.write(f"{place / FILE_NAME}\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "dist")
