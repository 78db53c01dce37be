"""Forms: questions with conditions, versions, and answers held against them."""

from plugin.domain.forms.answers import LEVELS, Answer, SkillLevel, Slot, plain_answer, plain_answers
from plugin.domain.forms.checking import AnswersRefused, Checked, Problem, check
from plugin.domain.forms.conditions import AllOf, AnyOf, Compare, Condition, Not, Operator, parse_condition, plain_condition
from plugin.domain.forms.questions import CHOICES, FREE, Form, FormPurpose, Option, Question, QuestionKind

__all__ = [
    "CHOICES",
    "FREE",
    "LEVELS",
    "AllOf",
    "Answer",
    "AnswersRefused",
    "AnyOf",
    "Checked",
    "Compare",
    "Condition",
    "Form",
    "FormPurpose",
    "Not",
    "Operator",
    "Option",
    "Problem",
    "Question",
    "QuestionKind",
    "SkillLevel",
    "Slot",
    "check",
    "parse_condition",
    "plain_answer",
    "plain_answers",
    "plain_condition",
]
