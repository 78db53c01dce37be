#!/usr/bin/env python3
"""A command of ours that counts the statements it sends to its database, and writes the number into a file twice a second.

usage: counted.py FILE COMMAND …    such as: counted.py /tmp/number serve --port 8000
"""

import sys
import threading
import time
from itertools import count
from pathlib import Path

from sqlalchemy import Engine, event

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PAUSE = 0.5


def keep_writing(path: Path, sent: "count[int]") -> None:
    """The number of statements so far; to read a ``count`` without using one up, its next number is looked at."""
    while True:
        path.write_text(repr(sent).removeprefix("count(").removesuffix(")"), encoding="ascii")
        time.sleep(PAUSE)


def main() -> None:
    path, sent = Path(sys.argv.pop(1)), count()
    event.listen(Engine, "before_cursor_execute", lambda *_: next(sent) and None)
    threading.Thread(target=keep_writing, args=(path, sent), daemon=True).start()
    from plugin.cli import main as command

    command()


if __name__ == "__main__":
    main()
