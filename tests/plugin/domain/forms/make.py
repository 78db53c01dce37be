"""Forms and raw answers at random."""

from datetime import date
from zoneinfo import available_timezones

from hypothesis import strategies as st

from plugin.domain.forms import CHOICES, AllOf, AnyOf, Compare, Condition, Form, FormPurpose, Not, Operator, Option, Question, QuestionKind
from plugin.domain.forms.answers import clock_time

KEYS = [f"q{one}" for one in range(8)]
WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20).filter(lambda text: bool(text.strip()))


def compare(asked: Question) -> st.SearchStrategy[Condition]:
    """A comparison with a question that makes sense."""
    found: list[st.SearchStrategy[Compare]] = [st.just(Compare(question=asked.key, operator=Operator.ANSWERED))]

    def of(operator: Operator, values: st.SearchStrategy[bool | float | str]) -> None:
        found.append(values.map(lambda value: Compare(question=asked.key, operator=operator, value=value)))

    match asked.kind:
        case QuestionKind.SINGLE_CHOICE:
            of(Operator.IS, st.sampled_from([one.key for one in asked.options]))
        case QuestionKind.MULTIPLE_CHOICE | QuestionKind.RANKED_CHOICE:
            of(Operator.CONTAINS, st.sampled_from([one.key for one in asked.options]))
        case QuestionKind.YES_NO:
            of(Operator.IS, st.booleans())
        case QuestionKind.NUMBER | QuestionKind.SCALE:
            for operator in (Operator.IS, Operator.AT_LEAST, Operator.AT_MOST):
                of(operator, st.integers(-3, 12).map(float))
        case QuestionKind.DATE:
            for operator in (Operator.IS, Operator.AT_LEAST, Operator.AT_MOST):
                of(operator, st.dates().map(lambda day: day.isoformat()))
        case QuestionKind.TIME_ZONE:
            of(Operator.IS, st.sampled_from(["Europe/Berlin", "UTC"]))
        case QuestionKind.SKILLS:
            of(Operator.CONTAINS, st.sampled_from(["Python", "rust"]))
        case _:
            pass
    return st.one_of(*found)


def conditions(asked: list[Question]) -> st.SearchStrategy[Condition]:
    """An expression over some questions."""
    leaf = st.sampled_from(asked).flatmap(compare)
    group = st.lists(leaf, min_size=1, max_size=3).map(tuple)
    return st.one_of(leaf, leaf.map(Not), group.map(AllOf), group.map(AnyOf), group.map(lambda parts: Not(AnyOf(parts))))


@st.composite
def questions(draw: st.DrawFn, key: str, before: list[Question]) -> Question:
    kind = draw(st.sampled_from(QuestionKind))
    values: dict[str, object] = {"key": key, "kind": kind, "label": draw(WORDS), "required": draw(st.booleans()), "help": draw(st.text("ab ", max_size=5))}
    if kind in CHOICES:
        values["options"] = tuple(Option(key=f"o{one}", label=f"Option {one}") for one in range(draw(st.integers(2, 5))))
    if kind in {QuestionKind.SHORT_TEXT, QuestionKind.LONG_TEXT, QuestionKind.SKILLS} and draw(st.booleans()):
        values["most"] = float(draw(st.integers(3, 20)))
    if kind is QuestionKind.SCALE:
        values |= {"least": float(draw(st.integers(0, 1))), "most": float(draw(st.integers(2, 10)))}
        if draw(st.booleans()):
            values |= {"factor": "f", "reversed": draw(st.booleans())}
    if kind is QuestionKind.NUMBER:
        values |= {"whole": draw(st.booleans()), "least": draw(st.none() | st.just(-3.0)), "most": draw(st.none() | st.just(9.5))}
    if kind is QuestionKind.DATE and draw(st.booleans()):
        values["earliest"] = date(2020, 1, 1)
    if len(before) > 0 and draw(st.booleans()):
        values["shown_if"] = draw(conditions(before))
    return Question(**values)  # type: ignore[arg-type]  # the strategy draws what the question takes


@st.composite
def forms(draw: st.DrawFn) -> Form:
    """A form that can be asked; questions may depend on earlier ones, and stand in any order."""
    made: list[Question] = []
    for key in KEYS[: draw(st.integers(1, len(KEYS)))]:
        made.append(draw(questions(key, made)))
    return Form(id=1, name="Form", purpose=FormPurpose.OTHER, questions=tuple(draw(st.permutations(made))))


TIMES = st.tuples(st.integers(0, 6), st.integers(0, 1440), st.integers(0, 1440)).map(
    lambda one: {"day": one[0], "start": clock_time(one[1]), "end": clock_time(one[2])}
)
JSON_VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6) | st.sampled_from(["day", "start", "end", "skill", "level"]), inner, max_size=4)
    ),
    max_leaves=8,
)


def fitting(one: Question) -> st.SearchStrategy[object]:
    """A raw value that often fits the question."""
    keys = [option.key for option in one.options] or ["o0"]
    by_kind: dict[QuestionKind, st.SearchStrategy[object]] = {
        QuestionKind.SHORT_TEXT: WORDS,
        QuestionKind.LONG_TEXT: st.text(max_size=60),
        QuestionKind.NUMBER: st.integers(-5, 12) | st.floats(-5, 12),
        QuestionKind.YES_NO: st.booleans(),
        QuestionKind.SINGLE_CHOICE: st.sampled_from(keys),
        QuestionKind.MULTIPLE_CHOICE: st.lists(st.sampled_from(keys), unique=True),
        QuestionKind.RANKED_CHOICE: st.permutations(keys),
        QuestionKind.SCALE: st.integers(0, 11),
        QuestionKind.DATE: st.dates(min_value=date(2019, 1, 1)).map(lambda day: day.isoformat()),
        QuestionKind.TIME_ZONE: st.sampled_from([*sorted(available_timezones())[:20], "Nowhere/Land"]),
        QuestionKind.AVAILABILITY: st.lists(TIMES, max_size=6),
        QuestionKind.SKILLS: st.lists(st.builds(lambda skill, level: {"skill": skill, "level": level}, WORDS, st.integers(0, 5)), max_size=4),
    }
    return by_kind[one.kind]


@st.composite
def answered(draw: st.DrawFn) -> tuple[Form, dict[str, object]]:
    """A form and raw answers, most of which fit."""
    form = draw(forms())
    found: dict[str, object] = {}
    for one in form.questions:
        choice = draw(st.integers(0, 9))
        if choice > 1:
            found[one.key] = draw(fitting(one))
        elif choice == 1:
            found[one.key] = draw(JSON_VALUES)
    if draw(st.integers(0, 9)) == 0:
        found[draw(st.text(max_size=10))] = draw(JSON_VALUES)
    return form, found
