"""Forms over GraphQL: defined, answered, changed and read back."""

from dataclasses import replace
from typing import Any

import orjson
import pytest

from plugin.domain.forms import Form, FormPurpose
from plugin.domain.forms.templates import template as template_of
from plugin.domain.notices import Reach
from plugin.domain.programs import ProgramState
from plugin.services.departures.erasure import erase_member, export_member
from plugin.services.questions import form_words
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import parse_number
from tests.schema.world import START, World

FORM = "form { id name version open questions { key kind label options { key } shownIf } retired { key } document }"
ERRORS = "userErrors { code message field }"
CREATE = f"mutation ($input: CreateFormInput!) {{ createForm(input: $input) {{ {FORM} {ERRORS} }} }}"
EDIT = f"mutation ($input: EditFormInput!) {{ editForm(input: $input) {{ {FORM} {ERRORS} }} }}"
IMPORT = f"mutation ($input: ImportFormInput!) {{ importForm(input: $input) {{ {FORM} {ERRORS} }} }}"
SHEET = "id version about answers { question { key label } value text retired }"
SUBMIT = f"mutation ($input: SubmitAnswersInput!) {{ submitAnswers(input: $input) {{ sheet {{ {SHEET} }} {ERRORS} }} }}"
MINE = f"{{ myAnswers {{ {SHEET} }} }}"
ANSWERS = f"""query ($form: ID!, $first: Int, $after: String) {{
  formAnswers(form: $form, first: $first, after: $after) {{ edges {{ cursor node {{ {SHEET} memberId }} }} }} }}"""
PROGRAM = 'mutation { createProgram(input: {name: "Spring", purpose: "p"}) { program { id } } }'

EVERY: list[dict[str, object]] = [
    {"key": "line", "kind": "short_text", "label": "A line"},
    {"key": "text", "kind": "long_text", "label": "A text"},
    {"key": "number", "kind": "number", "label": "A number"},
    {"key": "yes", "kind": "yes_no", "label": "Yes?"},
    {"key": "one", "kind": "single_choice", "label": "One", "options": [{"key": "a", "label": "Alpha"}, {"key": "b", "label": "Beta"}]},
    {"key": "some", "kind": "multiple_choice", "label": "Some", "options": [{"key": "a", "label": "Alpha"}, {"key": "b", "label": "Beta"}]},
    {"key": "ranked", "kind": "ranked_choice", "label": "Ranked", "options": [{"key": "a", "label": "Alpha"}, {"key": "b", "label": "Beta"}]},
    {"key": "scale", "kind": "scale", "label": "Scale"},
    {"key": "day", "kind": "date", "label": "Day"},
    {"key": "zone", "kind": "time_zone", "label": "Zone"},
    {"key": "week", "kind": "availability", "label": "Week"},
    {"key": "skills", "kind": "skills", "label": "Skills"},
    {"key": "why", "kind": "short_text", "label": "Why?", "required": True, "shown_if": {"question": "yes", "operator": "is", "value": True}},
]
GIVEN: dict[str, tuple[object, str]] = {
    "line": ("zqcanaryline", "zqcanaryline"),
    "text": ("zqcanary\ntext", "zqcanary\ntext"),
    "number": (2.5, "2.5"),
    "yes": (False, "no"),
    "one": ("b", "Beta"),
    "some": (["a", "b"], "Alpha, Beta"),
    "ranked": (["b", "a"], "Beta, Alpha"),
    "scale": (4, "4"),
    "day": ("2026-12-24", "2026-12-24"),
    "zone": ("Europe/Berlin", "Europe/Berlin"),
    "week": ([{"day": 0, "start": "18:00", "end": "20:00"}], "Mon 18:00-20:00"),
    "skills": ([{"skill": "Zqcanaryskill", "level": 4}], "Zqcanaryskill (can teach it)"),
}


def answers(**values: object) -> list[dict[str, object]]:
    return [{"question": key, "value": value} for key, value in values.items()]


async def program(world: World) -> str:
    """A program that everybody knows of."""
    made = str((await world.ask(PROGRAM, await world.token())).data["createProgram"]["program"]["id"])

    def open_it(unit: UnitOfWork) -> None:
        found = unit.programs.get(parse_number(made, type_name="Program", installation_id=unit.installation_id))
        assert found is not None
        unit.programs.put(replace(found, state=ProgramState.ENROLLING))

    await world.write(open_it)
    return made


async def made(world: World, *questions: dict[str, object], purpose: str = "OTHER", of: str | None = None) -> dict[str, Any]:
    found = (await world.ask(CREATE, await world.token(), input={"name": "Form", "purpose": purpose, "questions": questions, "program": of})).data["createForm"]
    assert found["userErrors"] == []
    form: dict[str, Any] = found["form"]
    return form


@pytest.mark.slow
async def test_defined_answered_and_read_back(both: World) -> None:
    form = await made(both, *EVERY)
    cat = await both.token("cat")
    found = (await both.ask(SUBMIT, cat, input={"form": form["id"], "answers": answers(**{key: value for key, (value, _) in GIVEN.items()})})).data
    assert found["submitAnswers"]["userErrors"] == []
    read = {one["question"]["key"]: (one["value"], one["text"]) for one in found["submitAnswers"]["sheet"]["answers"]}
    assert read == GIVEN
    (mine,) = (await both.ask(MINE, cat)).data["myAnswers"]
    assert mine == found["submitAnswers"]["sheet"]
    (edge,) = (await both.ask(ANSWERS, await both.token(), form=form["id"])).data["formAnswers"]["edges"]
    assert edge["node"]["answers"] == mine["answers"]


async def test_words_of_a_member_are_sealed_at_rest(world: World) -> None:
    form = await made(world, *EVERY)
    await world.ask(SUBMIT, await world.token("cat"), input={"form": form["id"], "answers": answers(**{key: value for key, (value, _) in GIVEN.items()})})
    path = world.parts.runtime.settings.sqlite_path
    held = b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    assert b"2026-12-24" in held, "choices are not sealed, and this test reads the right file"
    assert b"canary" not in held.lower()


async def test_each_problem_names_its_question(world: World) -> None:
    form = await made(world, *EVERY)
    wrong = answers(number="many", yes=True, zone="Atlantis", nothing=1)
    errors = (await world.ask(SUBMIT, await world.token("cat"), input={"form": form["id"], "answers": wrong})).data["submitAnswers"]["userErrors"]
    assert {(one["field"], one["code"]) for one in errors} == {
        ("number", "invalid"),
        ("zone", "invalid"),
        ("why", "required"),
        ("nothing", "unknown_question"),
    }
    assert all(one["message"] and "\n" not in one["message"] for one in errors)
    twice = [*answers(number=1), *answers(number=2)]
    (error,) = (await world.ask(SUBMIT, await world.token("cat"), input={"form": form["id"], "answers": twice})).data["submitAnswers"]["userErrors"]
    assert error["field"] == "number"


async def test_a_question_that_was_deleted_keeps_its_answers(both: World) -> None:
    form = await made(both, *EVERY)
    cat, service = await both.token("cat"), await both.token()
    await both.ask(SUBMIT, cat, input={"form": form["id"], "answers": answers(line="kept", number=1)})
    shorter = [one for one in EVERY if one["key"] != "line"]
    edited = (await both.ask(EDIT, service, input={"id": form["id"], "version": 1, "questions": shorter})).data["editForm"]
    assert (edited["userErrors"], edited["form"]["version"]) == ([], 2)
    assert [one["key"] for one in edited["form"]["retired"]] == ["line"]
    (mine,) = (await both.ask(MINE, cat)).data["myAnswers"]
    assert mine["version"] == 1
    assert {one["question"]["key"]: (one["text"], one["retired"]) for one in mine["answers"]} == {"line": ("kept", True), "number": ("1", False)}
    (error,) = (await both.ask(SUBMIT, cat, input={"form": form["id"], "answers": answers(line="again")})).data["submitAnswers"]["userErrors"]
    assert (error["field"], error["code"]) == ("line", "deleted_question")
    other = [{"key": "line", "kind": "date", "label": "?"}]
    (error,) = (await both.ask(EDIT, service, input={"id": form["id"], "version": 2, "questions": other})).data["editForm"]["userErrors"]
    assert (error["field"], error["code"]) == ("line", "key_taken")


async def test_nobody_edits_over_anothers_change(world: World) -> None:
    form = await made(world, *EVERY)
    service = await world.token()
    cat = await world.token("cat")
    assert (await world.ask(EDIT, service, input={"id": form["id"], "version": 1, "questions": EVERY[:3]})).data["editForm"]["form"]["version"] == 1
    await world.ask(SUBMIT, cat, input={"form": form["id"], "answers": answers(line="x")})
    assert (await world.ask(EDIT, service, input={"id": form["id"], "version": 1, "questions": EVERY[1:3]})).data["editForm"]["form"]["version"] == 2
    (error,) = (await world.ask(EDIT, service, input={"id": form["id"], "version": 1, "questions": EVERY})).data["editForm"]["userErrors"]
    assert (error["code"], error["field"]) == ("changed", "version")
    # The second version has no answers yet: it changes in place, and still remembers what the first one asked.
    edited = (await world.ask(EDIT, service, input={"id": form["id"], "version": 2, "questions": EVERY[2:3]})).data["editForm"]["form"]
    assert (edited["version"], [one["key"] for one in edited["retired"]]) == (2, ["line", "text"])


async def test_our_own_questions_are_shown_in_the_readers_language_and_others_as_they_are(world: World) -> None:
    spring = await program(world)
    template = f"mutation ($input: CreateFormFromTemplateInput!) {{ createFormFromTemplate(input: $input) {{ {FORM} {ERRORS} }} }}"
    form = (await world.ask(template, await world.token(), input={"purpose": "MENTEE", "program": spring})).data["createFormFromTemplate"]["form"]
    kept = {one["key"]: one["label"] for one in form["questions"]}
    # A manager writes one question anew: that one is theirs.
    changed = [dict(one) for one in form["document"]["questions"]]
    next(one for one in changed if one["key"] == "goal")["label"] = "Where to?"
    edited = (await world.ask(EDIT, await world.token(), input={"id": form["id"], "version": 1, "questions": changed})).data["editForm"]
    assert edited["userErrors"] == []
    cat = await world.member_id("cat")
    await world.write(lambda unit: unit.wishes.set_reach(cat, Reach(locale="de", timezone="UTC")))
    used = f"query ($p: ID!) {{ programForm(program: $p, purpose: MENTEE) {{ {FORM.removeprefix('form {')} }}"
    seen = (await world.ask(used, await world.token("cat"), p=spring)).data["programForm"]
    labels = {one["key"]: one["label"] for one in seen["questions"]}
    assert (labels["skills"], labels["goal"]) == ("Was möchtest du lernen?", "Where to?")
    assert [one["key"] for one in seen["questions"]] == list(kept)
    # To others, and as it is kept, it has not changed: nor does a community that began in German speak it to who reads English.
    assert {one["key"]: one["label"] for one in (await world.ask(used, await world.token("dan"), p=spring)).data["programForm"]["questions"]} == {
        **kept,
        "goal": "Where to?",
    }
    assert seen["document"] == edited["form"]["document"]
    german = Form(id=1, name="Rückblick", purpose=FormPurpose.NPS, questions=(), created_at=START)
    await world.write(lambda unit: unit.update_installation(locale="de"))
    name, questions = await world.read(lambda unit: form_words.from_template(unit, FormPurpose.NPS))
    english = form_words.spoken(replace(german, name=name, questions=questions), language="en")
    assert (english.name, english.questions) == template_of(FormPurpose.NPS)
    assert form_words.spoken(german, language="en").name == "Rückblick"


async def test_a_closed_form_takes_no_answers_and_shows_itself_to_managers(world: World) -> None:
    form = await made(world, *EVERY)
    await world.ask(EDIT, await world.token(), input={"id": form["id"], "version": 1, "open": False})
    (error,) = (await world.ask(SUBMIT, await world.token("cat"), input={"form": form["id"], "answers": []})).data["submitAnswers"]["userErrors"]
    assert error["code"] == "form_closed"
    one = "query ($id: ID!) { form(id: $id) { open } }"
    assert (await world.ask(one, await world.token("cat"), id=form["id"])).data["form"] is None
    assert (await world.ask(one, await world.token(), id=form["id"])).data["form"] == {"open": False}


async def test_a_page_knows_what_to_draw(world: World) -> None:
    form = await made(world, *EVERY)
    ask = """query ($form: ID!, $answers: [AnswerInput!]) { formPreview(form: $form, answers: $answers) {
      form { name } questions { number control visible asks points { value label } characters question { key } } problems { question code } } }"""
    cat = await world.token("cat")
    blank = (await world.ask(ask, cat, form=form["id"])).data["formPreview"]
    assert len({one["control"] for one in blank["questions"]}) == 12
    assert [one["number"] for one in blank["questions"]] == list(range(1, 14))
    assert (blank["questions"][-1]["visible"], blank["questions"][-1]["asks"], blank["problems"]) == (False, ["yes"], [])
    asked = (await world.ask(ask, cat, form=form["id"], answers=answers(yes=True))).data["formPreview"]
    assert asked["questions"][-1]["visible"] is True
    assert asked["problems"] == [{"question": "why", "code": "required"}]
    assert (await world.ask(MINE, cat)).data["myAnswers"] == []


async def test_a_form_travels_as_a_document(world: World) -> None:
    form = await made(world, *EVERY)
    copied = (await world.ask(IMPORT, await world.token(), input={"document": form["document"]})).data["importForm"]
    assert copied["userErrors"] == []
    assert copied["form"] == form | {"id": copied["form"]["id"]}
    documents: tuple[object, ...] = (
        {},
        {"format": "x"},
        [],
        "x",
        form["document"] | {"questions": [1]},
        form["document"] | {"purpose": "x"},
        form["document"] | {"name": None},
    )
    for document in documents:
        (error,) = (await world.ask(IMPORT, await world.token(), input={"document": document})).data["importForm"]["userErrors"]
        assert error["field"] == "document"


async def test_questions_of_the_bank_serve_many_programs(world: World) -> None:
    service = await world.token()
    put = "mutation ($q: JSON!) { putBankQuestion(input: {question: $q}) { question { key } userErrors { code field } } }"
    assert (await world.ask(put, service, q=EVERY[4])).data["putBankQuestion"]["userErrors"] == []
    assert (await world.ask(put, service, q=EVERY[-1])).data["putBankQuestion"]["userErrors"][0]["field"] == "why"
    first, second = await program(world), await program(world)
    for one in (first, second):
        form = await made(world, EVERY[3], {"bank": "one", "shown_if": {"question": "yes", "operator": "is", "value": True}}, of=one)
        assert [asked["key"] for asked in form["questions"]] == ["yes", "one"]
        assert [option["key"] for option in form["questions"][1]["options"]] == ["a", "b"]
    assert [one["key"] for one in (await world.ask("{ questionBank { key } }", service)).data["questionBank"]] == ["one"]
    lost = {"name": "F", "purpose": "OTHER", "questions": [{"bank": "none"}]}
    assert (await world.ask(CREATE, service, input=lost)).data["createForm"]["userErrors"][0]["code"] == "not_found"
    remove = 'mutation { removeBankQuestion(input: {name: "one"}) { removed userErrors { code } } }'
    assert (await world.ask(remove, service)).data["removeBankQuestion"]["removed"] == "one"
    assert (await world.ask(remove, service)).data["removeBankQuestion"]["userErrors"][0]["code"] == "not_found"


async def test_a_programs_own_form_comes_before_the_communitys(world: World) -> None:
    service, cat = await world.token(), await world.token("cat")
    one, other = await program(world), await program(world)
    start = "mutation ($input: CreateFormFromTemplateInput!) { createFormFromTemplate(input: $input) { form { id name } userErrors { code } } }"
    shared = (await world.ask(start, service, input={"purpose": "MENTEE"})).data["createFormFromTemplate"]["form"]
    own = (await world.ask(start, service, input={"purpose": "MENTEE", "program": one})).data["createFormFromTemplate"]["form"]
    ask = "query ($program: ID!, $purpose: FormPurpose!) { programForm(program: $program, purpose: $purpose) { id } }"
    assert (await world.ask(ask, cat, program=one, purpose="MENTEE")).data["programForm"]["id"] == own["id"]
    assert (await world.ask(ask, cat, program=other, purpose="MENTEE")).data["programForm"]["id"] == shared["id"]
    assert (await world.ask(ask, cat, program=other, purpose="MENTOR")).data["programForm"] is None
    given = answers(skills=[{"skill": "Rust", "level": 1}], goal="learn", time_zone="Europe/Berlin")
    (error,) = (await world.ask(SUBMIT, cat, input={"form": shared["id"], "answers": given})).data["submitAnswers"]["userErrors"]
    assert error["field"] == "program"
    for where in (one, other):
        found = (await world.ask(SUBMIT, cat, input={"form": shared["id"], "answers": given, "program": where})).data["submitAnswers"]
        assert found["userErrors"] == []
    assert len((await world.ask(MINE, cat)).data["myAnswers"]) == 2
    assert (await world.ask(SUBMIT, cat, input={"form": own["id"], "answers": given, "program": other})).data["submitAnswers"]["userErrors"][0][
        "field"
    ] == "program"


@pytest.mark.slow
@pytest.mark.parametrize("who", ["cat", ""])
async def test_members_do_not_manage_and_services_do_not_answer(world: World, who: str) -> None:
    form = await made(world, *EVERY)
    token = await world.token(who)
    create = {"name": "F", "purpose": "OTHER", "questions": EVERY}
    managing = [
        await world.ask(CREATE, token, input=create),
        await world.ask(EDIT, token, input={"id": form["id"], "version": 1, "name": "G"}),
        await world.ask(IMPORT, token, input={"document": form["document"]}),
        await world.ask(ANSWERS, token, form=form["id"]),
        await world.ask("{ questionBank { key } }", token),
        await world.ask("{ forms { edges { node { id } } } }", token),
    ]
    answering = [await world.ask(SUBMIT, token, input={"form": form["id"], "answers": []}), await world.ask(MINE, token)]
    refused, allowed = (managing, answering) if who else (answering, managing)
    assert [one.codes for one in refused] == [["forbidden"]] * len(refused)
    assert not [one for one in allowed if "errors" in one.body]


async def test_answers_come_in_pages(world: World) -> None:
    form = await made(world, *EVERY)
    for name in ("ann", "ben", "cat"):
        await world.ask(SUBMIT, await world.token(name), input={"form": form["id"], "answers": answers(number=1)})
    service = await world.token()
    first = (await world.ask(ANSWERS, service, form=form["id"], first=2)).data["formAnswers"]["edges"]
    rest = (await world.ask(ANSWERS, service, form=form["id"], after=first[-1]["cursor"])).data["formAnswers"]["edges"]
    assert len({one["node"]["memberId"] for one in first + rest}) == 3


async def test_answers_are_exported_and_erased_with_the_member(both: World) -> None:
    form = await made(both, *EVERY)
    cat = await both.token("cat")
    await both.ask(SUBMIT, cat, input={"form": form["id"], "answers": answers(line="zqcanaryline", number=7)})
    await both.ask(EDIT, await both.token(), input={"id": form["id"], "version": 1, "questions": EVERY[:1]})

    def export(unit: UnitOfWork) -> Any:
        member = unit.members.by_username("cat")
        assert member is not None
        return orjson.loads(export_member(member, unit, by="test"))

    (kept,) = (await both.write(export))["answers"]
    assert kept["form"] == "Form"
    assert {one["question"]: one["answer"] for one in kept["answers"]} == {"A line": "zqcanaryline", "A number": 7.0}
    await both.write(lambda unit: erase_member("3", unit, why="self"))
    assert (await both.ask(ANSWERS, await both.token(), form=form["id"])).data["formAnswers"]["edges"] == []
    # What is empty is no version with answers any more: it is changed in place.
    again = (await both.ask(EDIT, await both.token(), input={"id": form["id"], "version": 2, "questions": EVERY[:2]})).data["editForm"]
    assert again["form"]["version"] == 2


async def test_an_id_that_is_none_of_ours_finds_no_form(world: World) -> None:
    form = await made(world, *EVERY)
    for wrong in ("x", form["id"][:-2], "Rm9ybTox"):
        assert (await world.ask("query ($id: ID!) { form(id: $id) { id } }", await world.token(), id=wrong)).data["form"] is None
