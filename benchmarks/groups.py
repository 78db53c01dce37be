"""Groups of six beside the package team-formation on the same people, and five thousand members in groups of five with a shared hour.

team-formation 2.0.0 brings a web framework and pandas, so it lives in an environment of its own:

    python3 -m venv .peers/teams && .peers/teams/bin/pip install team-formation==2.0.0
    python benchmarks/groups.py --peer .peers/teams/bin/python [--sizes 36,60,120] [--limits 40,40,60] [--members 5000] [--seed 1]

The people are made up and shipped in groups_people.json; the first 36, 60 and 120 of them are put into groups of six that diversify ``field`` and ``region``
and cluster ``goal``. Misses are counted the same way for both: for each group and each value of a diversified attribute the places short of
``round(share x size)``, also where the value is missing from the group altogether, and for the clustered one everybody without the group's commonest value. The
peer's own count, which leaves out values that are missing altogether, stands beside. Its search is limited to so many seconds of wall time; ours counts steps.
The last line of standard output is one JSON object.
"""

import argparse
import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np

from plugin.graph.grouping import Aim, Design, Kind, Person, Slot, form

AIMS = {"field": Kind.DIVERSIFY, "region": Kind.DIVERSIFY, "goal": Kind.CLUSTER}
SIZE = 6

PEER = r"""
import json, os, sys, time
import pandas as pd
from team_formation import TeamAssignment
asked = json.load(sys.stdin)
people = pd.DataFrame(asked["people"])
limits = pd.DataFrame([[name, kind, 1] for name, kind in asked["aims"].items()], columns=["attribute", "type", "weight"])
wall, cpu = time.perf_counter(), time.process_time()
teams = TeamAssignment(people, limits, asked["size"])
teams.solve(max_time_in_seconds=asked["limit"])
seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
own = teams.evaluate_teams()[list(asked["aims"])].to_numpy().sum()
print(json.dumps({"team": teams.participants["team_num"].tolist(), "seconds": seconds, "cpu_seconds": cpu_seconds, "own_count": int(own)}))
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--peer", type=Path)
    asked.add_argument("--sizes", default="36,60,120")
    asked.add_argument("--limits", default="40,40,60")
    asked.add_argument("--members", type=int, default=5_000)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    everybody: list[dict[str, str]] = json.loads((Path(__file__).parent / "groups_people.json").read_text(encoding="utf-8"))
    result: dict[str, Any] = {}
    if given.peer is None or not given.peer.exists():
        print("peer not installed: see the head of this file for how to put team-formation beside", file=sys.stderr)
    for size, limit in zip(given.sizes.split(","), given.limits.split(","), strict=True):
        result[size] = side_by_side(everybody[: int(size)], limit=float(limit), seed=given.seed, peer=given.peer)
    if given.members:
        result["shared_hour"] = shared_hour(given.members, seed=given.seed)
    print(json.dumps(result))


def side_by_side(people: Sequence[dict[str, str]], *, limit: float, seed: int, peer: Path | None) -> dict[str, Any]:
    """Our groups and the peer's of the same people."""
    design = Design(SIZE, SIZE, tuple(Aim(name, kind) for name, kind in AIMS.items()))
    listed = [Person(number, traits) for number, traits in enumerate(people)]
    wall, cpu = time.perf_counter(), time.process_time()
    groups = form(listed, design, seed=seed)
    ours: dict[str, Any] = {"seconds": round(time.perf_counter() - wall, 2), "cpu_seconds": round(time.process_time() - cpu, 2)}
    ours |= misses(people, [group.members for group in groups])
    print(f"{len(people)} people, ours: {ours}", file=sys.stderr)
    if peer is None or not peer.exists():
        return {"ours": ours, "peer": "peer not installed"}
    given = {"people": list(people), "aims": {name: kind.value for name, kind in AIMS.items()}, "size": SIZE, "limit": limit}
    done = subprocess.run([str(peer), "-c", PEER], input=json.dumps(given), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stderr[-500:], file=sys.stderr)
        return {"ours": ours, "peer": "failed"}
    answer = json.loads(done.stdout.splitlines()[-1])
    teams: dict[int, list[int]] = {}
    for number, team in enumerate(answer["team"]):
        teams.setdefault(team, []).append(number)
    theirs: dict[str, Any] = {name: round(answer[name], 2) for name in ("seconds", "cpu_seconds")}
    theirs |= misses(people, list(teams.values()))
    if theirs["without_absent_values"] != answer["own_count"]:
        raise ValueError("the peer counts its own misses differently: the two are not compared by the same measure")
    print(f"{len(people)} people, peer: {theirs}", file=sys.stderr)
    return {
        "ours": ours,
        "peer": theirs,
        "of_its_time": round(ours["seconds"] / theirs["seconds"], 3),
        "of_its_cpu": round(ours["cpu_seconds"] / theirs["cpu_seconds"], 3),
    }


def misses(people: Sequence[dict[str, str]], groups: Sequence[Sequence[int]]) -> dict[str, int]:
    """Misses with and without those of values that a group lacks altogether."""
    whole = without = 0
    for name, kind in AIMS.items():
        shares = {value: count / len(people) for value, count in Counter(person[name] for person in people).items()}
        for group in groups:
            count = Counter(people[member][name] for member in group)
            if kind is Kind.CLUSTER:
                short = len(group) - max(count.values())
                whole, without = whole + short, without + short
                continue
            for value, share in shares.items():
                short = max(0, int(np.rint(share * len(group))) - count[value])
                whole += short
                without += short if count[value] else 0
    return {"misses": whole, "without_absent_values": without}


def shared_hour(count: int, *, seed: int) -> dict[str, Any]:
    """Made-up members of seven time zones who can meet for some hours of some days of the week, in groups of five that share an hour."""
    lot = np.random.default_rng(seed)
    people = []
    for number in range(count):
        zone = int(lot.choice([0, 1, 5, 8, -5, -8, 9], p=[0.2, 0.2, 0.1, 0.1, 0.2, 0.1, 0.1]))
        hours = set()
        for day in np.flatnonzero(lot.random(7) < 0.6).tolist():
            start = int(lot.integers(7, 20))
            hours |= {(day * 24 + start + after - zone) % 168 for after in range(int(lot.integers(1, 4)))}
        traits = {"field": f"field {lot.integers(0, 6)}", "region": f"zone {zone}", "goal": f"goal {lot.integers(0, 5)}"}
        people.append(Person(number, traits, frozenset(hours)))
    design = Design(5, 5, (Aim("field", Kind.DIVERSIFY), Aim("goal", Kind.CLUSTER)), slot=Slot.MUST)
    wall, cpu = time.perf_counter(), time.process_time()
    groups = form(people, design, seed=seed)
    seconds, cpu_seconds = time.perf_counter() - wall, time.process_time() - cpu
    hours_of = {person.id: person.hours for person in people}
    for group in groups:
        if not frozenset.intersection(*(hours_of[member] for member in group.members)):
            raise ValueError("a group shares no hour")
    placed = sum(len(group.members) for group in groups)
    result = {"members": count, "placed": placed, "groups": len(groups), "score": round(float(np.mean([group.score for group in groups])), 4)}
    return result | {"seconds": round(seconds, 2), "cpu_seconds": round(cpu_seconds, 2)}


if __name__ == "__main__":
    main()
