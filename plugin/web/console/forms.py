"""Forms: made from templates, built question by question, looked at as whoever fills them in."""

import re
from collections.abc import Mapping

from starlette.responses import Response

from plugin.domain.forms import CHOICES, Form, FormPurpose, Operator, QuestionKind
from plugin.domain.forms.building import MAX_QUESTIONS, plain_question
from plugin.domain.forms.templates import TEMPLATES
from plugin.errors import Invalid
from plugin.services.questions import questioning
from plugin.texts import console as words
from plugin.web.answers import SKILL_ROWS, SLOT_ROWS, answers_of
from plugin.web.console.frame import PAGE, program_tabs, show, the_program
from plugin.web.visits import Visit

_BOUNDED = frozenset(QuestionKind) - {QuestionKind.YES_NO, QuestionKind.SINGLE_CHOICE, QuestionKind.DATE, QuestionKind.TIME_ZONE}
_KEPT = ("earliest", "latest", "whole", "low_label", "high_label", "factor", "reversed", "bank")
"""What a question has besides what the builder shows; it stays as it was."""


async def listing(visit: Visit) -> Response:
    """The forms of a program, and which of them is used to apply."""
    program = await the_program(visit)
    found = await questioning.page(visit.runtime, visit.principal, program_id=program.id, after=None, limit=PAGE)
    used = {}
    for purpose in (FormPurpose.MENTOR, FormPurpose.MENTEE):
        one = await questioning.application(visit.runtime, visit.principal, program_id=program.id, purpose=purpose)
        used[purpose] = one.id if one else None
    tabs = program_tabs(program)
    return show(
        visit, "forms.html", section="programs", program=program, tabs=tabs, tab="forms", forms=found, used=set(used.values()), templates=TEMPLATES, words=words
    )


async def create(visit: Visit) -> Response:
    """Make a form from the template of a purpose."""
    program = await the_program(visit)
    word = visit.text("purpose")
    if word not in set(FormPurpose):
        raise Invalid("choose what the form is for", field="purpose")
    made = await questioning.create_from_template(visit.runtime, visit.principal, purpose=FormPurpose(word), program_id=program.id)
    return visit.go(f"/console/forms/{made.id}", "created")


async def _found(visit: Visit) -> Form:
    return await questioning.to_change(visit.runtime, visit.principal, visit.id("form"))


async def view(visit: Visit) -> Response:
    """The builder. A form that was sent and refused shows what was sent."""
    form = await _found(visit)
    sent = _sent(visit, form) if visit.posted else [dict(plain_question(one)) for one in form.questions]
    if form.program_id is not None:
        visit.request.path_params["program"] = str(form.program_id)
    program = await the_program(visit) if form.program_id is not None else None
    return show(
        visit,
        "form.html",
        section="programs",
        program=program,
        tabs=program_tabs(program) if program else [],
        tab="forms",
        form=form,
        name=visit.text("name", form.name),
        questions=sent,
        simple=_simple,
        words=words,
        operators=tuple(Operator),
        bounded=_BOUNDED,
        choices=CHOICES,
        wrong=visit.problem.field if visit.problem else None,
    )


async def save(visit: Visit) -> Response:
    """Keep the questions; answers that there are make it a new version."""
    form = await _found(visit)
    version = visit.number("version", 0) or 0
    opened = visit.checked("open")
    await questioning.edit(visit.runtime, visit.principal, form.id, version=version, questions=_sent(visit, form), name=visit.text("name"), opened=opened)
    return visit.go(f"/console/forms/{form.id}", "saved")


async def preview(visit: Visit) -> Response:
    """The form as whoever fills it in sees it; what is sent is checked and thrown away."""
    form = await _found(visit)
    answers = answers_of(form, visit) if visit.posted else {}
    _form, shown, problems = await questioning.look(visit.runtime, visit.principal, form.id, answers)
    checked = visit.posted and visit.text("do") != "look"
    return show(
        visit,
        "form_preview.html",
        section="programs",
        form=form,
        shown=shown,
        answers=answers,
        problems={one.question: one.remark for one in problems} if checked else {},
        checked=checked,
        words=words,
        slot_rows=range(SLOT_ROWS),
        skill_rows=range(SKILL_ROWS),
    )


def _sent(visit: Visit, form: Form) -> list[dict[str, object]]:
    """The questions that the builder's fields describe, in the order of their places."""
    known = {one.key: plain_question(one) for one in form.questions}
    numbers = [name.removeprefix("q_").removesuffix("_label") for name in visit.form if name.startswith("q_") and name.endswith("_label")]
    found: list[tuple[float, int, dict[str, object]]] = []
    taken = {visit.text(f"q_{n}_key") for n in numbers} | {one.key for one in form.retired}
    # One more than there may be, so that it is refused and not left out without a word.
    for order, n in enumerate(numbers[: MAX_QUESTIONS + 1]):
        label = visit.text(f"q_{n}_label")
        if not label or visit.checked(f"q_{n}_gone"):
            continue
        key = visit.text(f"q_{n}_key")
        if not key:
            key = _key_for(label, taken)
            taken.add(key)
        place = visit.decimal(f"q_{n}_place", float(order + 1))
        found.append((place, order, _question(visit, n, key, known.get(key, {}))))
    return [one for _place, _order, one in sorted(found, key=lambda each: each[:2])]


def _question(visit: Visit, n: str, key: str, before: Mapping[str, object]) -> dict[str, object]:
    kind = str(before.get("kind") or visit.text(f"q_{n}_kind", QuestionKind.SHORT_TEXT.value))
    made: dict[str, object] = {"key": key, "kind": kind, "label": visit.text(f"q_{n}_label"), "required": visit.checked(f"q_{n}_required")}
    made |= {name: before[name] for name in _KEPT if name in before}
    if visit.text(f"q_{n}_help"):
        made["help"] = visit.text(f"q_{n}_help")
    if kind in CHOICES:
        made["options"] = _options(visit.text(f"q_{n}_options"), before)
    if kind in _BOUNDED:
        made |= {name: visit.decimal(f"q_{n}_{name}", 0.0) for name in ("least", "most") if visit.text(f"q_{n}_{name}")}
    condition = before.get("shown_if")
    if condition is not None and _simple(condition) is None:
        made["shown_if"] = condition
    elif visit.text(f"q_{n}_if"):
        made["shown_if"] = _condition(visit, n)
    return made


def _condition(visit: Visit, n: str) -> dict[str, object]:
    operator, word = visit.text(f"q_{n}_op", Operator.IS.value), visit.text(f"q_{n}_value")
    made: dict[str, object] = {"question": visit.text(f"q_{n}_if"), "operator": operator}
    if operator != Operator.ANSWERED:
        value: object = {"yes": True, "no": False}.get(word.lower(), word)
        if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,15})?", value):
            value = float(value) if "." in value else int(value)
        made["value"] = value
    return made


def _simple(condition: object) -> tuple[str, str, str] | None:
    """A condition of one comparison as the builder's three fields; ``None`` for one with more, which stays as it is."""
    if not isinstance(condition, Mapping) or "question" not in condition:
        return None
    value = condition.get("value", "")
    word = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return str(condition["question"]), str(condition.get("operator", "is")), word


def _options(text: str, before: Mapping[str, object]) -> list[dict[str, str]]:
    """One option a line. A line whose words were there keeps its key, so that answers keep their meaning."""
    listed = before.get("options")
    known = {str(one["label"]): one for one in listed if isinstance(one, Mapping)} if isinstance(listed, list) else {}
    taken = {str(one["key"]) for one in known.values()}
    made: list[dict[str, str]] = []
    for line in dict.fromkeys(one.strip() for one in text.splitlines() if one.strip()):
        if line in known:
            made.append({name: str(value) for name, value in known[line].items()})
        else:
            key = _key_for(line, taken)
            taken.add(key)
            made.append({"key": key, "label": line})
    return made


def _key_for(label: str, taken: set[str]) -> str:
    """A key that nobody has yet, out of the words."""
    plain = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30].lstrip("0123456789_") or "question"
    number, key = 2, plain
    while key in taken:
        key, number = f"{plain}_{number}", number + 1
    return key
