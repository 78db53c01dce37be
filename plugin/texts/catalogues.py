"""Catalogues of gettext, read as they are committed: ``locale/<language>/LC_MESSAGES/mentorgraph.po``."""

import gettext
import io
from functools import lru_cache
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from plugin.texts.kinds import Plural, Template

LOCALES = Path(__file__).parent / "locale"
DOMAIN = "mentorgraph"
SOURCE = "en"


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages there are, the source first."""
    return (SOURCE, *sorted(one.parent.parent.name for one in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def catalogue_path(language: str) -> Path:
    """Where a language's catalogue is."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@lru_cache(maxsize=256)
def language_of(locale: str) -> str:
    """The language that serves a reader's locale best, such as ``de`` for ``de_AT``; English where there is none."""
    return negotiate_locale([locale.replace("-", "_")], languages(), sep="_") or SOURCE if locale else SOURCE


@lru_cache(maxsize=64)
def catalogue(language: str) -> gettext.NullTranslations:
    """A language's translations. The source language needs none."""
    if language == SOURCE:
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with catalogue_path(language).open("rb") as source:
        write_mo(compiled, read_po(source, locale=language, domain=DOMAIN))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def translate(template: Template, *, language: str, number: int = 1) -> str:
    """A template in a language, with the plural form of ``number``."""
    found = catalogue(language)
    if isinstance(template, Plural):
        return found.ngettext(template.one, template.many, number)
    return found.gettext(template) if template else ""
