"""A community's own accent as a style sheet: the same design, in its colour, and as legible as in ours."""

import re

from starlette.requests import Request
from starlette.responses import Response

from plugin.services.hosts import connect
from plugin.services.runtime import Runtime
from plugin.web.browser import installation_of

LIGHT, DARK = (0xF7, 0xF5, 0xF0), (0x14, 0x18, 0x1E)
"""The papers of the two schemes."""
ENOUGH = 5.0
"""The contrast of text that is asked for; 4.5 is the least that WCAG lets pass."""
_HEX = re.compile(r"#[0-9a-f]{6}\Z")
Colour = tuple[int, int, int]


def luminance(colour: Colour) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    parts = [part / 255 for part in colour]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio as WCAG 2 defines it, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def legible(colour: Colour, paper: Colour) -> Colour:
    """The colour nearest to this one, towards black or white, that can be read on the paper."""
    towards = (0, 0, 0) if luminance(paper) > 0.18 else (255, 255, 255)
    for step in range(21):
        mixed = _mix(colour, towards, step / 20)
        if contrast(mixed, paper) >= ENOUGH:
            return mixed
    return towards


def _mix(one: Colour, other: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _hex(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def tokens(accent: Colour, paper: Colour) -> str:
    """The design's tokens for one scheme. What is written on a wash of the accent is legible there too."""
    strong, wash = _strong(accent, paper), _wash(accent, paper)
    return f"--accent: {_hex(strong)}; --accent-text: {_hex(strong)}; --accent-ink: {_hex(_ink(strong))}; --accent-wash: {_hex(wash)};"


def _wash(accent: Colour, paper: Colour) -> Colour:
    return _mix(paper, accent, 0.12)


def _strong(accent: Colour, paper: Colour) -> Colour:
    return legible(legible(accent, paper), _wash(accent, paper))


def _ink(strong: Colour) -> Colour:
    return (255, 255, 255) if contrast(strong, (255, 255, 255)) >= contrast(strong, (0, 0, 0)) else (0, 0, 0)


def stylesheet(accent: str) -> str:
    """The style sheet for an accent as ``#rrggbb``; empty for anything else, which leaves our own."""
    if not _HEX.match(accent.lower()):
        return ""
    colour = int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16)
    light, dark = _strong(colour, LIGHT), _strong(colour, DARK)
    panel = f"--mentorship-accent: light-dark({_hex(light)}, {_hex(dark)}); --mentorship-on-accent: light-dark({_hex(_ink(light))}, {_hex(_ink(dark))});"
    return f":root {{ {tokens(colour, LIGHT)} {panel} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {tokens(colour, DARK)} }} }}\n"


class Brand:
    """``/brand/{installation}.css``."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def get(self, request: Request) -> Response:
        """The community's colours; they are no secret, its own pages show them."""
        community = await connect.community_of(self._runtime, installation_of(request))
        headers = {"Cache-Control": "private, max-age=300", "X-Content-Type-Options": "nosniff"}
        return Response(stylesheet(community.policy.accent or community.accent), media_type="text/css", headers=headers)
