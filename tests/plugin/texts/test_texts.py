"""Every text has its translation, with every placeholder and every plural form; every kind can be shown in every language."""

import re
import string
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from mentorgraph.host import Link, Paragraph, Words
from plugin.services.messages.reviewing import example
from plugin.texts import GROUPS, KINDS, Person, Plural, Site, date_words, day_words, declare, language_of, languages, missing, needed, plural, render, translate
from plugin.texts import __main__ as tool
from plugin.texts.catalogues import catalogue_path
from plugin.texts.service import PROMPTS
from tests.plugin.services.messages.support import ASKED, test_kinds

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[3]
OTHERS = [one for one in languages() if one != "en"]
ALL = sorted(KINDS)


def placeholders(text: str) -> list[str]:
    return sorted(f"{name}:{spec}" for _literal, name, spec, _conversion in string.Formatter().parse(text) if name is not None)


def committed(language: str) -> Catalog:
    with catalogue_path(language).open("rb") as source:
        return read_po(source, locale=language)


def messages(language: str) -> list[Message]:
    return [one for one in committed(language) if one.id]


def test_there_is_another_language() -> None:
    assert "de" in languages()


@pytest.mark.slow
@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_code_is_in_the_catalogue_and_none_besides(language: str) -> None:
    assert {str(one.id) for one in messages(language)} == {str(one.id) for one in tool.extracted() if one.id}, "run: python -m plugin.texts"


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_with_its_placeholders_and_forms(language: str) -> None:
    wrong = []
    forms = committed(language).num_plurals
    for one in messages(language):
        source = one.id if isinstance(one.id, tuple) else (one.id,)
        target = one.string if isinstance(one.string, tuple) else (one.string,)
        if len(target) != (forms if len(source) == 2 else 1) or not all(target) or one.fuzzy:
            wrong.append(f"not translated: {source[0]!r}")
        elif any(placeholders(str(text)) != placeholders(str(source[-1])) for text in target):
            wrong.append(f"placeholders differ: {source[0]!r}")
        elif any(text.count("\n\n") != source[0].count("\n\n") for text in target):
            wrong.append(f"paragraphs differ: {source[0]!r}")
    assert wrong == []


@pytest.mark.slow
def test_every_declared_text_is_marked_for_translation() -> None:
    marked = {text for one in tool.extracted() if one.id for text in (one.id if isinstance(one.id, tuple) else (one.id,))}
    declared = {template for kind in KINDS.values() for wording in kind.wordings for template in wording.templates}
    texts = {text for one in declared for text in ((one.one, one.many) if isinstance(one, Plural) else (one,))} | set(GROUPS.values()) | set(PROMPTS)
    assert texts - marked == set()


def test_every_group_has_kinds_or_news() -> None:
    assert {kind.group for kind in KINDS.values()} <= set(GROUPS)


def test_no_kind_is_told_that_is_not_declared() -> None:
    told = set()
    for path in (ROOT / "plugin" / "services").rglob("*.py"):
        told |= set(re.findall(r'\btell\(\s*unit,\s*[\w.\[\]]+,\s*"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    assert told
    assert told <= set(KINDS)


def test_every_kind_leads_to_a_page_that_there_is() -> None:
    """A member who is told something gets to where they do something about it by one link."""
    web = ROOT / "plugin" / "web"
    routes = "".join((web / area / "__init__.py").read_text(encoding="utf-8") for area in ("members", "console"))
    there = set(re.findall(r'desk\.route\(f?"([^"]+)"', routes))
    assert {KINDS[kind].page for kind in ALL} <= there
    site = Site("https://m.example.org", "https://forum.example.org/c")
    for kind in ALL:
        shown = example(KINDS[kind], role="", locale="en", timezone="UTC", now=NOW)
        about = dict.fromkeys(needed(KINDS[kind], ""), "1")
        link = render(kind, about, "en", site=site).body[-1]
        assert link == Paragraph((Link(*[f"https://m.example.org{KINDS[kind].page}?community=forum.example.org/c"] * 2),)), shown.title
    assert render("survey.asked", {"path": "/certificates/7"}, "en", site=site).text.endswith("https://m.example.org/certificates/7")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("kind", ALL)
def test_every_kind_can_be_shown(kind: str, language: str) -> None:
    for role in ("", *KINDS[kind].roles):
        shown = example(KINDS[kind], role=role, locale=language, timezone="Europe/Berlin", now=NOW)
        assert shown.title
        assert "{" not in shown.title + shown.text
        assert "…" not in shown.title


@pytest.mark.parametrize(("locale", "language"), [("de_AT", "de"), ("de-CH", "de"), ("en_GB", "en"), ("xx", "en"), ("", "en"), ("../etc", "en")])
def test_a_reader_gets_the_nearest_language(locale: str, language: str) -> None:
    assert language_of(locale) == language


def test_moments_are_in_the_readers_words_and_zone() -> None:
    assert date_words(NOW, "Europe/Berlin", "en") == "Monday, November 2, 2026, 1:00 PM (CET)"
    assert date_words(NOW, "Europe/Berlin", "de_DE") == "Montag, 2. November 2026, 13:00 (MEZ)"
    assert date_words(NOW, "../etc/passwd", "en") == "Monday, November 2, 2026, 12:00 PM (UTC)"
    assert date_words(NOW, "America/Sao_Paulo", "en").endswith("9:00 AM (UTC-03)")
    assert day_words(NOW, "Pacific/Auckland", "en") == "November 3, 2026"


def test_what_was_left_out_leaves_no_gap() -> None:
    about: dict[str, str | int] = {"who": 7, "at": NOW.isoformat(), "place": "", "role": "soon"}
    assert render("session.reminder", about, "en").paragraphs == ("Monday, November 2, 2026, 12:00 PM (UTC)",)
    assert render("session.reminder", about | {"place": "Room 3"}, "de").paragraphs[1] == "Wo: Room 3"


def test_words_of_members_stay_words_and_nobody_who_left_is_named() -> None:
    with test_kinds():
        about: dict[str, str | int] = {"who": 7, "note": "{who} [x](http://evil) <b>", "url": "https://forum.example.org/t/1"}
        shown = render(ASKED, about, "en", people={7: Person("maya")})
        assert shown.title == "maya asks"
        assert shown.body == (
            Paragraph(("They write: ", Words("{who} [x](http://evil) <b>"))),
            Paragraph((Link("https://forum.example.org/t/1", "https://forum.example.org/t/1"),)),
        )
        assert render(ASKED, about, "en").title == "A former member asks"
        assert render(ASKED, about | {"url": "javascript:alert(1)"}, "en", people={7: Person("maya")}).body[1:] == ()
        assert missing(ASKED, {"who": 7}) == ["note"]
        assert render(ASKED, {"note": "x\n\ny", "who": 7}, "en").text == "They write: x\n\ny"


def test_plural_forms_follow_the_language() -> None:
    text = plural("and {count} more", "and {count} more")
    assert [translate(text, language="de", number=number) for number in (1, 2)] == ["und {count} weitere", "und {count} weitere"]


@pytest.mark.parametrize(("name", "group"), [("digest", "digest"), ("new", "nothing")])
def test_a_kind_is_declared_once_in_a_group_that_there_is(name: str, group: str) -> None:
    with pytest.raises(ValueError, match=r"twice|no group"):
        declare(name, group=group, title="t", body="b")
