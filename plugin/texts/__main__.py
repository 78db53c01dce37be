"""``python -m plugin.texts`` brings every catalogue up to date with the texts in the code; what is new is empty in them and to be translated."""

import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from plugin.errors import Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge, TooMany, Unauthenticated, Unavailable
from plugin.texts.catalogues import DOMAIN, LOCALES, catalogue_path

ROOT = Path(__file__).resolve().parents[1]
_REFUSALS = ("Remark", "Unfit", *(one.__name__ for one in (Conflict, Forbidden, Gone, Invalid, NotFound, TooLarge, TooMany, Unauthenticated, Unavailable)))
KEYWORDS = {"_": None, "marked": None, "plural": (1, 2), **dict.fromkeys(_REFUSALS, (1,))}
"""What is raised for a person is extracted by the name of its class."""
FOR_PROGRAMS = (
    *("store/**.py", "graph/matching/**.py", "services/developers/applications.py", "services/developers/providing.py"),
    *("web/oauth.py", "web/turns.py"),
)
"""What is refused here is read by programs, or by an operator at a terminal: it is English."""
METHODS = [*((one, "ignore") for one in FOR_PROGRAMS), ("**.py", "python"), ("web/templates/**.html", "jinja2")]
OPTIONS = {"web/templates/**.html": {"trimmed": "true"}}


def extracted() -> Catalog:
    """Every text in the code that is marked for translation."""
    found = Catalog(domain=DOMAIN, project="Mentorgraph", charset="utf-8", fuzzy=False)
    for name, _line, message, _comments, _context in extract_from_dir(ROOT, method_map=METHODS, options_map=OPTIONS, keywords=KEYWORDS):
        found.add(message, locations=[(f"plugin/{name}", None)])  # type: ignore[list-item]  # gettext's files may leave the line out, and so does Babel
    return found


def brought_up_to_date(language: str) -> Catalog:
    """A language's catalogue with the texts that are in the code now. What is no longer there is gone from it."""
    path = catalogue_path(language)
    known = Catalog(locale=language, domain=DOMAIN)
    if path.exists():
        with path.open("rb") as source:
            known = read_po(source, locale=language, domain=DOMAIN)
    created = known.creation_date
    known.update(extracted(), no_fuzzy_matching=True)
    known.obsolete.clear()
    known.project, known.version, known.fuzzy = "Mentorgraph", "1", False
    known.header_comment = f"# Mentorgraph in {language}. Brought up to date by: python -m plugin.texts"
    # Only what changed shall show in a change.
    known.creation_date = created
    return known


def main() -> None:
    """Write all catalogues."""
    for language in sys.argv[1:] or sorted(one.name for one in LOCALES.iterdir()):
        found = brought_up_to_date(language)
        with catalogue_path(language).open("wb") as target:
            write_po(target, found, width=140, sort_output=True, omit_header=False, include_lineno=False)


if __name__ == "__main__":
    main()
