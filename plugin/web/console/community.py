"""The community as a whole: the map of who helps whom, and numbers over time."""

from starlette.responses import Response

from plugin.errors import Invalid
from plugin.graph.maps import Dot
from plugin.services.knowledge import mapping, observing
from plugin.texts import console as words
from plugin.web.console import plots
from plugin.web.console.frame import show
from plugin.web.numbers import whole
from plugin.web.visits import Visit, id_of

DAYS = 365
WIDTH, HEIGHT = 1000, 640
PERCENT = frozenset({"reach", "isolated_newcomers", "top5_share", "answered"})


async def graph(visit: Visit) -> Response:
    """The map: a picture to explore, and the same as a table."""
    days = whole(visit.request.query_params.get("days", "90"), digits=4)
    if days is None:
        raise Invalid("days is a number")
    found = await mapping.community_map(visit.runtime, visit.principal, days=days)
    asked = visit.request.query_params.get("member", "")
    chosen = id_of(asked) if asked else None
    at = {dot.member_id: dot for dot in found.map.dots}
    helps = [(tie.other, tie.weight) for tie in found.map.ties if tie.one == chosen]
    helped = [(tie.one, tie.weight) for tie in found.map.ties if tie.other == chosen]
    return show(
        visit,
        "graph.html",
        section="graph",
        found=found,
        days=days,
        periods=mapping.PERIODS,
        at=at,
        chosen=chosen if chosen in at else None,
        helps=sorted(helps, key=lambda one: -one[1]),
        helped=sorted(helped, key=lambda one: -one[1]),
        around={chosen, *(one for one, _ in helps), *(one for one, _ in helped)} if chosen in at else set(),
        width=WIDTH,
        height=HEIGHT,
        radius=_radius,
        words=words,
    )


def _radius(dot: Dot) -> float:
    return round(5 + 12 * dot.size, 1)


async def health(visit: Visit) -> Response:
    """Numbers of the community over the last year."""
    found = await observing.history(visit.runtime, visit.principal, days=DAYS, names=tuple(words.COMMUNITY_MEASURES))
    series: dict[str, list[tuple[str, float]]] = {}
    for one in found:
        if not one.subject:
            series.setdefault(one.name, []).append((visit.speaker.day(one.day), one.value))
    shown = [
        plots.Plot.of(name, series[name], say=visit.speaker.percent if name in PERCENT else visit.speaker.number)
        for name in words.COMMUNITY_MEASURES
        if name in series
    ]
    return show(visit, "health.html", section="health", plots=shown, words=words)
