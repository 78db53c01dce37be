"""The benchmarks that take other people's data: small data gives figures, and what is no data gives one line that says why."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import archive, assignment, fair, routing
from plugin.graph.matching import Objective, solve

INSTANCE: dict[str, Any] = {"students": [[0, 1], [0], [1, 2]], "supervisors": [{"capacity": 1, "projects": [0]}, {"capacity": 2, "projects": [1, 2]}]}


def town(topics: int, *, people: int = 12, seed: int = 0) -> list[dict[str, Any]]:
    """A community in the form of an archive: everybody knows one subject and answers about it."""
    lot, start = np.random.default_rng(seed), datetime(2020, 1, 1, tzinfo=UTC)
    found = []
    for number in range(topics):
        subject, asker = int(lot.integers(4)), int(lot.integers(people))
        at = start + timedelta(hours=number)
        repliers = [one for one in range(people) if one % 4 == subject and one != asker]
        words = f"subject{subject} word{subject}{number % 3}"
        posts = [_post(100 * number + place, who, at + timedelta(minutes=place), place + 1, words) for place, who in enumerate([asker, *repliers])]
        found.append({"id": number, "title": words, "category_id": None, "posts": posts})
    return found


def _post(number: int, who: int, at: datetime, place: int, words: str) -> dict[str, Any]:
    return {"id": number, "username": f"user{who}", "created_at": at.isoformat(), "post_number": place, "cooked": words}


def written(path: Path, topics: list[dict[str, Any]], *, packed: bool = True) -> Path:
    text = "\n".join(map(json.dumps, topics))
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    return path


@pytest.mark.parametrize("packed", [True, False])
def test_routing_takes_a_community_that_it_has_never_seen(tmp_path: Path, packed: bool) -> None:
    topics = town(60)
    del topics[1]["category_id"], topics[2]["title"]
    topics[3]["tags"] = ["a", {"name": "b"}]
    topics[4]["posts"][1]["username"] = None
    topics += [topics[0], {"id": "x", "posts": []}]
    read = archive.read(written(tmp_path / "one.jsonl", topics, packed=packed))
    assert len(read.openings) == 60
    found = routing.measure(read, limit=10**9, curve=False, transfer=False, with_vectors=False)
    assert set(found) == {"questions", "replied_top5_share", "product", "product_shipped", "product_spread", "baselines"}
    assert found["questions"] == 12
    for name in ("product", "product_shipped", "product_spread"):
        row = found[name]
        assert isinstance(row, dict)
        assert row["recall10"] == 1.0, "everybody who knows the subject is among the first ten of twelve"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no topic"),
        (b"{}\n", "line 1"),
        (b'{"id": 1, "posts": [{"username": "a", "created_at": "yesterday"}]}\n', "line 1"),
        (b"[1]\n", "line 1"),
        (gzip.compress(b"x" * 10_000, mtime=0)[:-20], "cannot be read"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_what_is_no_archive_is_said_in_one_line(tmp_path: Path, content: bytes, why: str) -> None:
    path = tmp_path / "archive"
    path.write_bytes(content)
    with pytest.raises(archive.Unreadable, match=why) as error:
        archive.read(path)
    assert "\n" not in str(error.value)
    with pytest.raises(archive.Unreadable, match="cannot be read"):
        archive.read(tmp_path / "nowhere")


def test_a_community_in_which_nobody_answers_has_nothing_to_measure(tmp_path: Path) -> None:
    read = archive.read(written(tmp_path / "quiet", [one | {"posts": one["posts"][:1]} for one in town(20)]))
    with pytest.raises(SystemExit, match="nothing to measure"):
        routing.measure(read, limit=10, curve=False, transfer=False, with_vectors=False)


def test_an_instance_is_solved() -> None:
    made = solve(assignment.instance(INSTANCE), Objective.CHOICES_GREEDY, seed=1)
    assert (made.placed, list(made.profile)) == (3, [1, 2])
    supervisors = [*INSTANCE["supervisors"], {"capacity": 0, "projects": [7]}]
    assert solve(assignment.instance({"students": [[7], [0]], "supervisors": supervisors}), Objective.STABLE_MENTEE).placed == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.pop("students"),
        lambda one: one["students"].append([9]),
        lambda one: one["students"].append([0, 0]),
        lambda one: one["students"].append([[0, 1]]),
        lambda one: one["students"].append(3),
        lambda one: one["supervisors"].append({"capacity": 1, "projects": [0]}),
        lambda one: one["supervisors"].append({"capacity": -1, "projects": []}),
        lambda one: one["supervisors"].append({"capacity": 1.5, "projects": []}),
        lambda one: one["supervisors"].append({}),
        lambda one: one.update(supervisors=[{"capacity": 0, "projects": [0, 1, 2]}]),
        lambda one: one.update(students=[]),
    ],
)
def test_what_is_no_instance_is_said_in_one_line(change: Callable[[Any], object]) -> None:
    broken = json.loads(json.dumps(INSTANCE))
    change(broken)
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        assignment.instance(broken)
    with pytest.raises(ValueError, match="an instance is"):
        assignment.instance([])  # type: ignore[arg-type]  # what a file may hold


Arrays = dict[str, np.ndarray[Any, Any]]


def saved(folder: Path, arrays: Arrays) -> list[Path]:
    for name, one in arrays.items():
        np.save(folder / f"{name}.npy", one, allow_pickle=True)
    return [folder / f"{name}.npy" for name in ("scores", "covs", "loads", "lower")]


def plenty() -> Arrays:
    return {"scores": np.random.default_rng(1).random((5, 4)), "covs": np.array([2, 2, 2, 0]), "loads": np.full(5, 2), "lower": np.ones(5)}


def test_fair_reads_its_arrays(tmp_path: Path) -> None:
    scores, covs, loads, lower = fair.read(*saved(tmp_path, plenty()))
    assert (scores.shape, covs.tolist()) == ((5, 3), [2, 2, 2])
    made = fair.problem(scores, covs, loads, lower)
    best, even = solve(made, Objective.TOTAL), solve(made, Objective.FAIR)
    plain = fair.plain(fair.Model(scores.T, covs, loads, lower))
    assert plain is not None
    assert best.total == pytest.approx(plain["total"]["total"])
    assert even.worst == pytest.approx(plain["fair"]["worst"])
    assert fair.plain(fair.Model(scores.T, covs, np.zeros(5), np.zeros(5))) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scores", np.full((5, 4), np.nan)),
        ("scores", np.zeros((4, 5))),
        ("scores", np.zeros(20)),
        ("scores", np.zeros((0, 4))),
        ("scores", np.array([["a"]])),
        ("scores", np.array([object()], dtype=object)),
        ("covs", np.array([6, 1, 1, 1])),
        ("covs", np.array([0, 0, 0, 0])),
        ("covs", np.array([-1, 1, 1, 1])),
        ("loads", np.array([1.5, 1, 1, 1, 1])),
        ("loads", np.array([1, 1])),
        ("lower", np.full(5, 3)),
        ("lower", np.full(5, 2)),
    ],
)
def test_what_are_no_such_arrays_is_said_in_one_line(tmp_path: Path, name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        fair.read(*saved(tmp_path, plenty() | {name: value}))
    with pytest.raises(ValueError, match="no array"):
        fair.read(tmp_path / "nowhere.npy", *saved(tmp_path, plenty())[1:])
