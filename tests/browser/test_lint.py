"""Scripts and styles are in the shape that Discourse's own configuration wants, and their types hold."""

import shutil
from pathlib import Path

import pytest

from integrations.discourse import theme
from tests import tools

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("browser")]
CONFIG = ("eslint.config.mjs", ".prettierrc.cjs", ".template-lintrc.cjs", "stylelint.config.mjs", "tsconfig.json", "globals.d.ts", "package.json")
EMBED = tools.ROOT / "integrations" / "embed"


@pytest.fixture(scope="module")
def laid_out() -> Path:
    """The component as it goes into the archive, beside the configuration and what npm installed, and the web component beside it."""
    home = tools.installed(tools.THEME)
    work = home / "work"
    shutil.rmtree(work, ignore_errors=True)
    for path, content in theme.files():
        place = work / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    for name in CONFIG:
        shutil.copy(tools.THEME / name, work / name)
    (work / "node_modules").symlink_to(home / "node_modules")
    shutil.copytree(EMBED, work / "embed", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    shutil.copytree(tools.ROOT / "integrations" / "client", work / "client", ignore=shutil.ignore_patterns("locales"))
    return work


@pytest.mark.parametrize(
    "command",
    [
        ("eslint", "javascripts", "embed"),
        ("ember-template-lint", "javascripts"),
        ("stylelint", "common/*.scss", "embed/*.css"),
        ("prettier", "--check", "javascripts", "common", "locales", "embed", "about.json", "settings.yml"),
        ("ember-tsc", "--noEmit"),
    ],
    ids=lambda command: str(command[0]),
)
def test_discourses_own_configuration_has_nothing_to_say(laid_out: Path, command: tuple[str, ...]) -> None:
    tools.run(laid_out / "node_modules" / ".bin" / command[0], *command[1:], folder=laid_out)


def test_the_web_component_is_typed_strictly(laid_out: Path) -> None:
    """The modules that both share as well."""
    tools.run(laid_out / "node_modules" / ".bin" / "tsc", "-p", "embed/tsconfig.json", folder=laid_out)


def test_types_are_really_looked_at(laid_out: Path) -> None:
    """A check that says nothing of a mistake would say nothing at all."""
    wrong = laid_out / "javascripts" / "discourse" / "lib" / "wrong.js"
    wrong.write_text('// @ts-check\n/** @type {number} */\nexport const wrong = "text";\n')
    try:
        with pytest.raises(AssertionError, match=r"wrong\.js"):
            tools.run(laid_out / "node_modules" / ".bin" / "ember-tsc", "--noEmit", folder=laid_out)
    finally:
        wrong.unlink()
