from pathlib import Path

import pytest

from integrations.discourse import host, manifest, translation
from integrations.discourse.admission import reduced
from integrations.discourse.manifest import HOOKS, MANIFEST, ROOTS
from integrations.manifests import load
from integrations.values import entries
from mentorgraph.host import Host, HostClient
from tests.integrations.discourse.fake import FakeHttp
from tests.integrations.discourse.support import BASE_URL, INSTALLATION, NOW, cases, recording

FOLDER = Path(manifest.__file__).parent


def test_the_folder_is_the_domain() -> None:
    assert FOLDER.name == MANIFEST.domain == host.HOST.name


def test_the_host_is_one() -> None:
    found: Host = host.Discourse()
    made: HostClient = found.client(INSTALLATION, FakeHttp())
    assert made is not None
    assert found.title == "Discourse"
    assert found.rate_limit.per_minute < 60, "all keys of a forum share 60 calls a minute"
    assert found.max_body >= 1_000_000
    assert len((FOLDER / "host.py").read_text(encoding="utf-8").splitlines()) <= 40


@pytest.mark.parametrize("root", sorted(ROOTS))
def test_every_event_that_the_manifest_names_is_understood(root: str) -> None:
    for name in ROOTS[root]:
        payload = next(
            recording(case).body[root]
            for case in cases()
            if recording(case).headers["X-Discourse-Event"] == name and root in recording(case).body and "__" not in case
        )
        kept = reduced(root, name, payload)
        assert kept is not None
        assert translation.events(root, name, kept, received_at=NOW, base_url=BASE_URL)


def test_everything_that_is_subscribed_to_is_heard() -> None:
    heard = {name for names in ROOTS.values() for name in names}
    for hook in HOOKS.values():
        assert set(hook.subscriptions) <= heard
        assert set(hook.older_groups) <= set(ROOTS)


def test_only_events_that_have_a_category_are_on_the_filtered_hook() -> None:
    root_of = {name: root for root, names in ROOTS.items() for name in names}
    for hook in HOOKS.values():
        assert {root_of[name] in {"topic", "post", "like", "solved"} for name in hook.subscriptions} == {hook.filtered_by_category}


def test_every_scope_has_a_reason_and_is_explained_to_the_admin() -> None:
    words = (FOLDER / "README.md").read_text(encoding="utf-8")
    scopes = {str(one["scope"]): str(one["why"]) for one in entries(load(FOLDER / "manifest.yaml")[1]["scopes"])}
    assert set(scopes) >= {"global", "users:list"}
    for scope, why in scopes.items():
        assert len(why) > 20
        assert f"`{scope}`" in words
