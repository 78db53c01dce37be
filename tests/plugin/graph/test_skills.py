"""Skills put together from what is shown, said and decided."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.domain.skills import SkillChoice, SkillName, Standing
from plugin.graph.expertise import Skill
from plugin.graph.names import Names, alike, key_of, synonym_terms
from plugin.graph.skills import Item, assemble, statements
from tests.plugin.graph.make import KEY, counts

AT = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = Names()


def merged(*pairs: tuple[str, str]) -> Names:
    return Names([SkillName(key=key_of(name), name=name, into_key=key_of(into), into=into, at=AT) for name, into in pairs])


def choice(name: str, standing: Standing) -> SkillChoice:
    return SkillChoice(member_id=1, key=key_of(name), name=name, standing=standing, at=AT)


def by_name(items: list[Item]) -> dict[str, Item]:
    return {item.name: item for item in items}


def test_spellings_are_one_skill_with_the_evidence_of_all() -> None:
    shown = [Skill("shaders", "expertise", 0.6, ("1",), 10.0), Skill("Shader", "interest", 0.4, ("2",), 20.0)]
    (item,) = assemble(shown, names=NOBODY)
    assert (item.kind, item.confidence, item.at, item.post_ids) == ("expertise", 0.6, 20.0, ("1", "2"))


def test_curated_synonyms_are_one_skill_under_the_chosen_name() -> None:
    shown = [Skill("js", "expertise", 0.3, ("1",)), Skill("ecmascript", "expertise", 0.5, ("2",))]
    items = assemble(shown, names=merged(("js", "JavaScript"), ("ECMAScript", "JavaScript")))
    assert [(item.name, item.confidence) for item in items] == [("JavaScript", 0.5)]


def test_what_is_said_and_shown_is_surer_than_either() -> None:
    shown = [Skill("packet", "expertise", 0.5, ("1",), 5.0)]
    found = by_name(assemble(shown, offers=["packets", "cooking"], wants=["weather"], names=NOBODY))
    assert found["packet"].confidence == pytest.approx(1 - 0.5 * 0.4)
    assert found["packet"].kind == "expertise"
    assert (found["cooking"].kind, found["cooking"].at) == ("stated", 0.0)
    assert found["weather"].kind == "interest"


def test_a_member_corrects_and_hides() -> None:
    shown = [Skill("packet", "expertise", 0.7, ("1",)), Skill("sql", "expertise", 0.6, ("2",))]
    decided = [choice("packet", Standing.LEARNING), choice("SQL", Standing.HIDDEN), choice("go", Standing.EXPERT)]
    others = by_name(assemble(shown, choices=decided, names=NOBODY))
    assert set(others) == {"packet", "go"}
    assert (others["packet"].kind, others["packet"].standing) == ("interest", Standing.LEARNING)
    assert (others["go"].kind, others["go"].confidence) == ("stated", 0.8)
    own = by_name(assemble(shown, choices=decided, names=NOBODY, own=True))
    assert own["sql"].standing is Standing.HIDDEN


def test_a_hidden_skill_is_hidden_by_all_its_names_and_what_the_profile_says_too() -> None:
    shown = [Skill("js", "expertise", 0.7, ("1",))]
    assert (
        assemble(
            shown, offers=["JavaScript"], choices=[choice("ecmascript", Standing.HIDDEN)], names=merged(("js", "JavaScript"), ("ECMAScript", "JavaScript"))
        )
        == []
    )


@given(st.lists(st.tuples(st.sampled_from(["js", "JS", "sql", "go", "Go's"]), st.floats(0, 1)), max_size=8), st.booleans())
def test_each_skill_is_there_once_and_in_order(shown: list[tuple[str, float]], own: bool) -> None:
    items = assemble([Skill(name, "expertise", sure) for name, sure in shown], names=merged(("js", "JavaScript")), own=own)
    assert len({item.key for item in items}) == len(items)
    assert [item.confidence for item in items] == sorted((item.confidence for item in items), reverse=True)
    assert all(0 <= item.confidence <= 1 for item in items)


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("Rust, SQL ; tax law/cooking", ["Rust", "SQL", "tax law", "cooking"]),
        ("I can help you with a great many things", []),
        ("", []),
        (" , ,, ", []),
        ("!!!, ???", []),
        ("Go, Go", ["Go"]),
        ("x" * 61, []),
    ],
)
def test_fields_list_skills_and_sentences_list_none(field: str, found: list[str]) -> None:
    assert statements(field) == found


@given(st.text(max_size=300))
def test_any_field_is_survived(field: str) -> None:
    assert len(statements(field)) <= 20


def test_synonyms_widen_a_need_and_nothing_else() -> None:
    names = merged(("js", "JavaScript"))
    wide = synonym_terms(counts("a js problem"), names, key=KEY)
    assert set(wide) == set(counts("js problem javascript"))
    assert synonym_terms(counts("sql problem"), names, key=KEY) == counts("sql problem")


def test_likely_slips_are_put_forward_and_never_merged() -> None:
    pairs = alike(["kubernetes", "kubernets", "tensorflow", "tensorfow", "react", "rust", "c", "c++"])
    assert {frozenset(pair[:2]) for pair in pairs} == {frozenset({"kubernetes", "kubernets"}), frozenset({"tensorflow", "tensorfow"})}
    assert all(0.88 <= likeness < 1 for _, _, likeness in pairs)
    assert key_of("kubernetes") != key_of("kubernets")


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("C", "C#"), ("go", "golang"), ("Python 2", "Python 3"), ("R programming", "C programming")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert key_of(one) != key_of(other)
