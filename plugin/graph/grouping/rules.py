"""Who stays together and who is kept apart: what follows from it, and a smallest set of demands that cannot hold together.

Whether demands can hold together is a packing and colouring problem (NP-hard); CP-SAT answers it for the people whom they name, everybody else being filler.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import networkx as nx

from plugin.graph.grouping.model import Demand, Design, Impossible, Person, Slot
from plugin.graph.matching.conflicts import smallest
from plugin.graph.sat import Proof, new_model, search

EFFORT = 4.0
"""CP-SAT's limit for one question, in its own deterministic seconds; whatever it cannot refute in them counts as possible."""

ASKED = 60_000
"""At most so many variables are put to CP-SAT."""


@dataclass(frozen=True, slots=True)
class Frame:
    """How many groups there are, and the people that they are made of."""

    people: Sequence[Person]
    design: Design
    groups: int


def units(design: Design) -> list[frozenset[int]]:
    """Everybody who has to stay together with somebody, as sets that go together, by what follows from all demands."""
    graph: nx.Graph[int] = nx.Graph()
    for each in design.together:
        nx.add_path(graph, sorted(each))
    return sorted((frozenset(part) for part in nx.connected_components(graph) if len(part) > 1), key=min)


def apart_pairs(design: Design) -> set[tuple[int, int]]:
    """All pairs to be kept apart, the lower number first."""
    return {pair for each in design.apart for pair in combinations(sorted(each), 2)}


def demands(design: Design) -> list[Demand]:
    """Everything that is asked of pairs of people."""
    together = dict.fromkeys(pair for each in design.together for pair in pairwise(sorted(each)))
    return [*(Demand("together", pair) for pair in together), *(Demand("apart", pair) for pair in sorted(apart_pairs(design)))]


def broken(groups: Sequence[frozenset[int]], design: Design) -> bool:
    """Whether these groups break a demand. People in none of them break nothing unless they are to be together with somebody who is."""
    place = {person: number for number, group in enumerate(groups) for person in group}
    parted = any(len({place.get(person) for person in each}) > 1 for each in design.together if each & place.keys())
    return parted or any(one in place and place[one] == place.get(other) for one, other in apart_pairs(design))


def solvable(frame: Frame, asked: Sequence[Demand]) -> dict[int, int] | None:
    """The group of everybody whom the demands name, or None if they cannot all hold."""
    by_id = {person.id: person for person in frame.people}
    graph: nx.Graph[int] = nx.Graph()
    graph.add_nodes_from(person for demand in asked for person in demand.people)
    graph.add_edges_from((demand.people[0], demand.people[1]) for demand in asked if demand.kind == "together")
    parts = sorted((sorted(part) for part in nx.connected_components(graph)), key=lambda part: part[0])
    of = {person: number for number, part in enumerate(parts) for person in part}
    against = {(of[a], of[b]) for a, b in (demand.people for demand in asked if demand.kind == "apart")}
    if any(a == b for a, b in against) or not all(_can_be(part, by_id, frame.design) for part in parts):
        return None
    if len(parts) * frame.groups > ASKED:
        return {}
    return _packed(frame, parts, against, by_id)


def conflict(frames: Sequence[Frame]) -> tuple[Demand, ...]:
    """A smallest set of demands that cannot be met together in any of the frames (numbers of groups for the same people); empty if none is shown to be one."""
    asked = demands(frames[0].design)

    def holds(kept: Sequence[int]) -> bool:
        some = [asked[i] for i in kept]
        return any(solvable(frame, some) is not None for frame in frames)

    return tuple(asked[i] for i in smallest(len(asked), holds))


def impossible(found: Sequence[Demand], design: Design) -> Impossible:
    """The error that names them."""
    return cannot_hold([str(demand) for demand in found], design, demands=tuple(found))


def cannot_hold(said: Sequence[str], design: Design, *, demands: tuple[Demand, ...]) -> Impossible:
    """The same, with the demands said in other words."""
    asked = f"in groups of {design.smallest} to {design.largest}{' that share an hour' if design.slot is Slot.MUST else ''}"
    begin, more = "these cannot hold together", "Drop one of them or change the sizes."
    if len(said) == 1:
        begin, more = "this cannot hold", "Drop it or change what is asked of the groups."
    return Impossible(f"{begin} {asked}: {'; '.join(said)}. {more}", demands=demands)


def _can_be(part: Sequence[int], by_id: Mapping[int, Person], design: Design) -> bool:
    mentors = sum(by_id[person].mentor for person in part)
    if len(part) - mentors > design.largest or mentors > design.mentors_at_most:
        return False
    return design.slot is not Slot.MUST or len(part) == 1 or bool(frozenset.intersection(*(by_id[person].hours for person in part)))


def _packed(frame: Frame, parts: Sequence[Sequence[int]], against: set[tuple[int, int]], by_id: Mapping[int, Person]) -> dict[int, int] | None:
    design, groups = frame.design, range(frame.groups)
    model = new_model()
    take = [[model.new_bool_var(f"{part}.{group}") for group in groups] for part in range(len(parts))]
    for mine in take:
        model.add_exactly_one(mine)
    for one, other in sorted(against):
        for group in groups:
            model.add_at_most_one(take[one][group], take[other][group])
    for mentor, least, most in ((False, design.smallest, design.largest), (True, design.mentors, design.mentors_at_most)):
        weight = [sum(by_id[person].mentor is mentor for person in part) for part in parts]
        everybody = sum(person.mentor is mentor for person in frame.people)
        spare = []
        for group in groups:
            filler = model.new_int_var(0, most, f"filler {mentor} {group}")
            model.add_linear_constraint(filler + sum(w * mine[group] for w, mine in zip(weight, take, strict=True)), least, most)
            spare.append(filler)
        model.add(sum(spare) <= everybody - sum(weight))
    proof, solver = search(model, effort=EFFORT)
    if proof is Proof.NONE:
        return None
    if proof is Proof.OPEN:
        return {}
    return {person: next(g for g in groups if solver.value(take[number][g])) for number, part in enumerate(parts) for person in part}
