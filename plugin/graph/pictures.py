"""Pictures of a community as SVG, without a plotting library: a map of who exchanges with whom, and lines of measures over time."""

from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr  # nosec B406 - it writes XML and reads none

import networkx as nx
import numpy as np

from plugin.graph.build import Node

__all__ = ["chart", "network"]

MAX_MEMBERS = 150
"""More dots than this cannot be told apart."""

_INK, _LINE, _DOT, _STRONG = "#334155", "#94a3b8", "#0f766e", "#b45309"


def network(exchanges: "nx.DiGraph[Node]", *, names: Mapping[int, str], seed: int, title: str = "Who exchanges with whom", size: int = 800) -> str:
    """A map of the members with the most exchanges; who received more replies and thanks is a larger dot. The same seed draws the same picture."""
    weight = {node: sum(edge["weight"] for _, _, edge in exchanges.in_edges(node, data=True)) for node in exchanges}
    most = sorted(exchanges, key=lambda node: (-weight[node] - exchanges.degree(node), node))[:MAX_MEMBERS]
    ties: nx.Graph[Node] = nx.Graph()
    ties.add_nodes_from(most)
    for source, target, edge in exchanges.edges(data=True):
        if source in ties and target in ties:
            both = ties.edges[source, target]["weight"] if ties.has_edge(source, target) else 0
            ties.add_edge(source, target, weight=both + edge["weight"])
    places = nx.spring_layout(ties, seed=seed, weight="weight", iterations=60) if most else {}
    points = {node: (size * (0.5 + 0.45 * float(x)), size * (0.5 + 0.45 * float(y))) for node, (x, y) in places.items()}
    heaviest = max(weight.values(), default=1) or 1
    lines = [_tie(points[a], points[b], edge["weight"]) for a, b, edge in ties.edges(data=True)]
    dots = [_dot(points[node], names.get(int(node[1]), ""), 3 + 12 * (weight[node] / heaviest) ** 0.5, labelled=place < 15) for place, node in enumerate(most)]
    return _svg(size, size, title, lines + dots)


def chart(series: Mapping[str, Sequence[float | None]], *, labels: Sequence[str], title: str, width: int = 720, height: int = 300) -> str:
    """Lines over time, each with its name at the end. ``None`` is a gap. All lines share one axis that begins at 0."""
    values = [value for line in series.values() for value in line if value is not None and np.isfinite(value)]
    top = max(values, default=0.0) or 1.0
    left, right, bottom, above = 48, 150, 34, 34
    step = (width - left - right) / max(len(labels) - 1, 1)

    def at(place: int, value: float) -> tuple[float, float]:
        return left + step * place, height - bottom - (height - bottom - above) * max(value, 0.0) / top

    marks: list[str] = []
    for part in (0.0, 0.5, 1.0):
        x, y = at(0, part * top)
        marks.append(f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{width - right}" y2="{y:.1f}" stroke="{_LINE}" stroke-width="0.5"/>')
        marks.append(f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{part * top:.3g}</text>')
    every = max(len(labels) // 6, 1)
    marks += [f'<text x="{at(i, 0)[0]:.1f}" y="{height - 12}" text-anchor="middle">{escape(label)}</text>' for i, label in enumerate(labels) if i % every == 0]
    for number, (name, line) in enumerate(series.items()):
        marks += _line([None if value is None or not np.isfinite(value) else at(i, value) for i, value in enumerate(line)], name, number, right=width - right)
    return _svg(width, height, title, marks)


def _line(points: Sequence[tuple[float, float] | None], name: str, number: int, *, right: int) -> list[str]:
    colour = (_DOT, _STRONG, "#1d4ed8", "#7c3aed", "#be123c", _INK)[number % 6]
    pieces: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            pieces.append([])
        else:
            pieces[-1].append(point)
    drawn = [
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in piece)}"/>' for piece in pieces if piece
    ]
    return [*drawn, f'<text x="{right + 8}" y="{40 + 18 * number}" fill="{colour}">{escape(name)}</text>']


def _tie(a: tuple[float, float], b: tuple[float, float], weight: float) -> str:
    width = min(0.4 + 0.3 * weight**0.5, 4.0)
    return f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{_LINE}" stroke-width="{width:.2f}" stroke-opacity="0.5"/>'


def _dot(at: tuple[float, float], name: str, radius: float, *, labelled: bool) -> str:
    dot = f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:.1f}" fill="{_DOT}" fill-opacity="0.85"><title>{escape(name)}</title></circle>'
    return dot + (f'<text x="{at[0] + radius + 2:.1f}" y="{at[1] + 4:.1f}">{escape(name)}</text>' if labelled and name else "")


def _svg(width: int, height: int, title: str, marks: Sequence[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(title)} '
        f'font-family="sans-serif" font-size="12" fill="{_INK}">'
    )
    return "\n".join([head, f'<text x="12" y="20" font-size="15">{escape(title)}</text>', *marks, "</svg>"])
