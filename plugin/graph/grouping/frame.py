"""How many groups there are and how large each is."""

from dataclasses import dataclass

from plugin.errors import Invalid, Remark
from plugin.graph.grouping.model import Design


@dataclass(frozen=True, slots=True)
class Sizes:
    """For each group the number of members and of mentors, the larger first."""

    members: tuple[int, ...]
    mentors: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.members)


def sizes(design: Design, *, members: int, mentors: int) -> Sizes:
    """Groups as even as they can be, as near to the preferred size as mentors allow.

    Raises :class:`~plugin.errors.Invalid` where so many people make no groups of these sizes.
    """
    return shape(design, options(design, members=members, mentors=mentors)[0], members=members, mentors=mentors)


def options(design: Design, *, members: int, mentors: int) -> list[int]:
    """The numbers of groups that there can be, that nearest to the preferred size first; raises as :func:`sizes` does."""
    fewest, most = -(-members // design.largest), members // design.smallest
    if design.mentors:
        most = min(most, mentors // design.mentors)
    if fewest > most:
        told = _told(design, members=members, mentors=mentors, fewest=fewest)
        raise Invalid(told, code="bad_sizes", field="smallest")
    return sorted(range(fewest, most + 1), key=lambda count: (abs(members / count - design.preferred), count))


def shape(design: Design, count: int, *, members: int, mentors: int) -> Sizes:
    """So many groups, as even as they can be."""
    return Sizes(even(members, count), even(min(mentors, count * design.mentors_at_most), count))


def even(people: int, groups: int) -> tuple[int, ...]:
    """So many people in so many groups, the larger groups first."""
    each, more = divmod(people, groups)
    return (each + 1,) * more + (each,) * (groups - more)


def _told(design: Design, *, members: int, mentors: int, fewest: int) -> Remark:
    full = members // design.smallest
    if not full:
        return Remark(
            "so few members ({members}) make no group of {smallest}: find more, or make the groups smaller", members=members, smallest=design.smallest
        )
    if fewest > full:
        return Remark(
            "{members} members cannot be divided into groups of {smallest} to {largest}: widen the sizes, or ask {fewer} fewer or {more} more",
            members=members,
            smallest=design.smallest,
            largest=design.largest,
            fewer=members - full * design.largest,
            more=(full + 1) * design.smallest - members,
        )
    needed = fewest * design.mentors
    return Remark(
        "{members} members make at least {fewest} groups, which need {needed} mentors, and there are {mentors}: find more, or make the groups larger",
        members=members,
        fewest=fewest,
        needed=needed,
        mentors=mentors,
    )
