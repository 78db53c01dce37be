"""The wheel: what is in it, and that it works where there is no checkout."""

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600), pytest.mark.xdist_group("packaging")]

WANTED = (
    "mentorgraph/__init__.py",
    "mentorgraph/host/__init__.py",
    "mentorgraph/kit/suite/__init__.py",
    "mentorgraph/py.typed",
    "_mentorgraph/manifest.yaml",
    "_mentorgraph/plugin/web/templates/base.html",
    "_mentorgraph/plugin/web/templates/graphiql.html",
    "_mentorgraph/plugin/web/static/page.css",
    "_mentorgraph/plugin/web/static/graphiql.js",
    "_mentorgraph/plugin/graph/shipped_weights.json",
    "_mentorgraph/schema/schema.graphql",
    "_mentorgraph/integrations/discourse/manifest.yaml",
    "_mentorgraph/integrations/discourse/double/demo/people.json",
    "_mentorgraph/integrations/discourse/ui/about.json",
    "_mentorgraph/integrations/discourse/ui/javascripts/discourse/api-initializers/mentorship.gjs",
    "_mentorgraph/integrations/client/board.js",
    "_mentorgraph/integrations/client/locales/de.yml",
    "_mentorgraph/integrations/embed/element.js",
    "_mentorgraph/plugin/web/templates/frame.html",
    "_mentorgraph/migrations/env.py",
    "_mentorgraph/migrations/versions/0001_first_tables.py",
)


def run(*command: str, folder: Path, **environment: str) -> str:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MENTORGRAPH_", "PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(  # noqa: S603 - our own commands
        command, cwd=folder, env=inherited | environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT), folder=folder)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel; what it depends on comes from the environment of the tests."""
    home = tmp_path_factory.mktemp("fresh")
    run(sys.executable, "-m", "venv", str(home / "env"), folder=home)
    python = home / "env" / "bin" / "python"
    run(str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel), folder=home)
    (packages,) = (home / "env" / "lib").glob("python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def test_the_wheel_has_what_it_needs_and_nothing_else_at_its_top(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mentorgraph", "_mentorgraph"}
    assert [name for name in WANTED if name not in names] == []
    assert not [name for name in names if "tests/" in name or name.endswith((".pyc", ".db", ".log"))]
    in_the_checkout = {
        path.relative_to(ROOT).as_posix()
        for folder in ("plugin", "schema", "integrations", "migrations")
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name.removeprefix("_mentorgraph/") for name in names if name.startswith("_mentorgraph/")} == in_the_checkout | {"manifest.yaml"}


def test_the_command_runs_outside_the_checkout(installed: Path) -> None:
    command = str(installed / "env" / "bin" / "mentorgraph")
    assert "serve" in run(command, "--help", folder=installed)
    settings = {"MENTORGRAPH_DATABASE_URL": f"sqlite:///{installed / 'm.db'}", "MENTORGRAPH_SECRET_KEYS": "a key that is long enough"}
    run(command, "migrate", folder=installed, **settings)
    assert run(command, "migrate", "--json", folder=installed, **settings) == run(command, "migrate", "--json", folder=installed, **settings)
    assert '"ok":true' in run(command, "doctor", "--json", folder=installed, **settings)


def test_the_application_is_found_outside_the_checkout(installed: Path) -> None:
    settings = {"MENTORGRAPH_DATABASE_URL": f"sqlite:///{installed / 'n.db'}", "MENTORGRAPH_SECRET_KEYS": "a key that is long enough"}
    run(str(installed / "env" / "bin" / "mentorgraph"), "migrate", folder=installed, **settings)
    code = (
        "import mentorgraph; app = mentorgraph.create_app(); import plugin.app, schema, integrations; "
        "assert all('_mentorgraph' in one.__file__ for one in (plugin, schema, integrations)); "
        "assert plugin.app.manifest_path().is_file(); "
        "from integrations import embed; from integrations.discourse import theme; assert len(embed.script()) > 1000 and len(theme.archive()) > 1000; "
        "print(len(app.routes))"
    )
    assert int(run(str(installed / "env" / "bin" / "python"), "-c", code, folder=installed, **settings)) > 10


def test_a_host_of_others_is_found_and_tried_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    """The example as its author would ship it: a wheel of its own, installed beside ours, and its tests run with the kit of ours."""
    source = tmp_path / "noticeboard"
    shutil.copytree(ROOT / "examples" / "noticeboard", source, ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(source), folder=tmp_path)
    (wheel,) = tmp_path.glob("*.whl")
    python = str(installed / "env" / "bin" / "python")
    run(python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel), folder=tmp_path)
    code = "from mentorgraph.launcher import find_the_service; find_the_service(); from integrations import all_hosts; print(sorted(all_hosts()))"
    assert run(python, "-c", code, folder=tmp_path) == "['circle', 'discourse', 'matrix', 'noticeboard']\n"
    shutil.copy(source / "test_noticeboard.py", tmp_path / "test_noticeboard.py")
    some = "says or believed or order or account or refused or address"
    said = run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", some, "test_noticeboard.py", folder=tmp_path)
    assert "passed" in said
    assert "failed" not in said
