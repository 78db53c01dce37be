"""Every text that a member reads, in the languages there are catalogues for.

An area declares what it tells in a module of its own here::

    from plugin.texts import _, declare, plural

    declare("request.received", group="requests", title=_("{mentee:member} asks for your help"), body=_("They write: {note}"))
    declare("request.waiting", group="requests", title=plural("{count} request waits", "{count} requests wait"), body=_("…"))

Placeholders are taken from what :func:`plugin.services.messages.telling.tell` is given as ``about``: ``{name}`` is a text or a number, ``{at:when}`` and
``{at:day}`` a moment in ISO format, ``{times:times}`` several of them with commas between, shown one a line, ``{who:member}`` the id of a member, who is named
as they are called when the notice is read; ``{what:text}`` a text of ours that was marked by ``_`` where it was chosen. Paragraphs of a body are parted by an
empty line.
``about["url"]``, if it is there, is shown as a link; else ``about["path"]``, or the kind's own ``page``, as one to a page of ours; ``about["role"]`` chooses
among ``roles``. Modules of areas are found by themselves.

After a change of texts ``python -m plugin.texts`` brings the catalogues up to date; what is to be translated is then empty in them, and a test says so.
"""

import importlib
import pkgutil

from plugin.texts.catalogues import language_of, languages, translate
from plugin.texts.dates import date_words, day_words
from plugin.texts.kinds import GROUPS, KINDS, Kind, Plural, Template, Wording, _, declare, needed, placeholders, plural
from plugin.texts.rendering import About, Person, Shown, Site, mentions_in, missing, people_in, plain, render

__all__ = [
    "GROUPS",
    "KINDS",
    "About",
    "Kind",
    "Person",
    "Plural",
    "Shown",
    "Site",
    "Template",
    "Wording",
    "_",
    "date_words",
    "day_words",
    "declare",
    "language_of",
    "languages",
    "mentions_in",
    "missing",
    "needed",
    "people_in",
    "placeholders",
    "plain",
    "plural",
    "render",
    "translate",
]

for _module in pkgutil.iter_modules(__path__):
    if not _module.name.startswith("__"):
        importlib.import_module(f"{__name__}.{_module.name}")
