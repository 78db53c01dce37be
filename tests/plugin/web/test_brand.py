"""A community's colour is its own and can be read, whatever it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.services.hosts import choosing
from plugin.web.brand import DARK, ENOUGH, LIGHT, contrast, legible, luminance, stylesheet, tokens
from tests.schema.world import World

COLOURS = st.tuples(*[st.integers(0, 255)] * 3)


def parsed(text: str, name: str) -> tuple[int, int, int]:
    found = re.search(rf"--{name}: #([0-9a-f]{{6}})", text)
    assert found is not None
    return int(found[1][:2], 16), int(found[1][2:4], 16), int(found[1][4:], 16)


@given(COLOURS, st.sampled_from([LIGHT, DARK]))
def test_every_colour_becomes_one_that_can_be_read(colour: tuple[int, int, int], paper: tuple[int, int, int]) -> None:
    assert contrast(legible(colour, paper), paper) >= ENOUGH
    text = tokens(colour, paper)
    assert contrast(parsed(text, "accent-text"), paper) >= 4.5
    assert contrast(parsed(text, "accent-text"), parsed(text, "accent-wash")) >= 4.5
    assert contrast(parsed(text, "accent-ink"), parsed(text, "accent")) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is() -> None:
    assert legible((0x0B, 0x4E, 0x43), LIGHT) == (0x0B, 0x4E, 0x43)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert luminance((255, 255, 255)) == pytest.approx(1)


@pytest.mark.parametrize("word", ["", "red", "#fff", "#12345g", "#123456; } body { display: none", "#1234567"])
def test_what_is_no_colour_leaves_our_own(word: str) -> None:
    assert stylesheet(word) == ""


def test_both_schemes_are_in_it() -> None:
    text = stylesheet("#c8553d")
    assert text.count("--accent:") == 2
    assert "prefers-color-scheme: dark" in text


async def test_pages_have_the_hosts_own_colour_until_an_admin_chooses_another(world: World) -> None:
    address = f"/brand/{world.installation_id}.css"
    assert (await world.http.get(address)).text == ""
    await world.write(lambda unit: unit.update_installation(accent="#0b4e43"))
    own = (await world.http.get(address)).text
    assert parsed(own, "accent") == (0x0B, 0x4E, 0x43)
    # The panel in a frame follows the scheme that its address asks for, which may not be the reader's.
    assert "--mentorship-accent: light-dark(#0b4e43, " in own
    await choosing.configure(world.parts.runtime, world.installation_id, {"accent": "#7a1f5c"})
    assert parsed((await world.http.get(address)).text, "accent") == (0x7A, 0x1F, 0x5C)
    frame = (await world.http.get(f"/embed/{world.installation_id}/frame")).text
    assert f'href="{address}"' in frame
