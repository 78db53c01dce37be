#!/usr/bin/env python3
"""A command of ours with a clock that is wrong.

usage: skewed.py SECONDS COMMAND …    such as: skewed.py -3600 serve --port 8000
"""

import sys
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))


def main() -> None:
    skew = timedelta(seconds=float(sys.argv.pop(1)))
    from plugin import clock

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]  # who asks wants a time, no more
            return datetime.now(tz) + skew

    # Not the function itself: who was imported before has it already.
    vars(clock)["datetime"] = Wrong
    from mentorgraph import main as command

    command()


if __name__ == "__main__":
    main()
