"""The one list of all state machines, each with the test that walks it at random; a machine that is not on it fails here."""

import ast
import importlib
import pkgutil
from enum import StrEnum
from pathlib import Path

from plugin import domain

TESTS = Path(__file__).parent / "services"
WALKS = {
    "AgreementState": "pairs/test_pairing.py::test_whatever_both_do_at_most_one_version_is_in_force_and_everybody_signed_it",
    "AwardState": "rewards/test_rewarding.py::test_whatever_happens_nothing_is_given_twice",
    "EnrolmentState": "mentorships/test_states.py::test_a_running_program_under_any_commands",
    "EntryState": "rewards/test_spending.py::test_random_commands_never_break_the_ledger",
    "EventState": "safety/test_common_life.py::test_reports_events_and_stories_live_by_their_rules",
    "GroupState": "matching/test_group_life.py::test_groups_live_by_their_rules",
    "InvitationState": "recruiting/test_inviting.py::test_random_commands_ask_nobody_twice",
    "ItemState": "meetings/test_session_walk.py::test_only_steps_that_there_are",
    "NoticeState": "messages/test_telling.py::test_any_story_tells_nothing_twice_nothing_at_night_and_nothing_after_a_stop",
    "PairState": "matching/test_round_life.py::test_a_round_lives_by_its_rules",
    "ProgramState": "mentorships/test_states.py::test_a_new_program_under_any_commands",
    "ReportState": "safety/test_common_life.py::test_reports_events_and_stories_live_by_their_rules",
    "RequestState": "mentorships/test_states.py::test_a_running_program_under_any_commands",
    "RoundState": "matching/test_round_life.py::test_a_round_lives_by_its_rules",
    "SessionState": "meetings/test_session_walk.py::test_only_steps_that_there_are",
    "StrikeState": "meetings/test_session_walk.py::test_only_steps_that_there_are",
    "WaveState": "recruiting/test_inviting.py::test_random_commands_ask_nobody_twice",
    "a mentorship, which runs or has ended": "mentorships/test_states.py::test_a_running_program_under_any_commands",
    "a survey, which is due, asked, answered or closed": "mentorships/test_states.py::test_a_running_program_under_any_commands",
    "a screening, which holds, is taken back or runs out": "safety/test_never_together.py::test_nothing_crosses_a_block_or_is_left_without_its_people",
    "a story, which is asked, published, declined or withdrawn": "safety/test_common_life.py::test_reports_events_and_stories_live_by_their_rules",
}
BY_CASES = {
    "AnnouncementState": "two states and one step: a program's announcement is posted, and stops",
    "ApplicationState": "no part of a program: an admin's decision about a developer's application",
    "InstallationState": "no part of a program: a community is connected, served, and disconnected",
    "NeedState": "no part of a program: a question is answered once, and grows old",
    "PostState": "no part of a program: what is sent to an address that a developer named is waiting, sent or given up",
    "SuggestionState": "two states and one step: what was proposed is dismissed",
    "WebhookState": "no part of a program: an address that a developer named is on or off",
}
"""Those that no walk is made for, with the reason."""


def _machines() -> set[str]:
    modules = (importlib.import_module(one.name) for one in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."))
    found = (one for module in modules for one in vars(module).values() if isinstance(one, type) and issubclass(one, StrEnum))
    return {one.__name__ for one in found if one.__name__.endswith("State")}


def test_every_state_machine_is_walked_or_says_why_not() -> None:
    assert _machines() == {name for name in {*WALKS, *BY_CASES} if name.isidentifier()}
    assert not WALKS.keys() & BY_CASES.keys()


def test_every_walk_is_there() -> None:
    for where in WALKS.values():
        path, name = where.split("::")
        tree = ast.parse((TESTS / path).read_text())
        assert name in {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}, where
