"""The theme component on the double's pages, compiled from the archive that the forum took in."""

from pathlib import Path

from integrations.discourse import theme
from tests import tools
from tests.browser.stage import Stage


def compile_theme(stage: Stage, folder: Path, *, production: bool = False) -> None:
    """Do what Discourse's server does with a component's scripts, with the files that `connect` uploaded; ``production`` as forums serve it, small."""
    found = stage.run(stage.forum.control.theme(theme.name()))
    files = found["files"]
    assert isinstance(files, dict)
    for path, content in files.items():
        place = folder / "theme" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content, encoding="utf-8")
    home = tools.installed(tools.HARNESS)
    out = folder / "theme.js"
    tools.run(tools.node(), tools.HARNESS / "build.mjs", home, folder / "theme", out, *(["production"] if production else []), folder=home)
    stage.run(stage.forum.control.compiled(theme.name(), out.read_text(encoding="utf-8")))
