"""What each host asks whoever connects it, in every language of the service."""

from pathlib import Path

import pytest
import yaml

from integrations import HOSTS, guides
from mentorgraph.host import Guided, Host
from plugin.texts import languages

ROOT = Path(guides.__file__).parent


@pytest.mark.parametrize("host", HOSTS.values(), ids=lambda host: str(host.name))
def test_every_host_says_what_to_have_at_hand_in_every_language(host: Host) -> None:
    assert isinstance(host, Guided)
    assert set(yaml.safe_load((ROOT / host.name / "guide.yaml").read_text(encoding="utf-8"))) == set(languages())
    english, readme = host.guide("en"), (ROOT / host.name / "README.md").read_text(encoding="utf-8")
    assert host.guide("xx") == english, "English where there are no words"
    assert host.normalise_url(english.address) == english.address
    for language in languages():
        found = host.guide(language)
        assert language == "en" or (found.key_label, found.key) != (english.key_label, english.key)
        assert [one.name for one in found.asked] == [one.name for one in english.asked]
    assert all(one.name in readme for one in english.asked), "what is asked for is explained"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("de: {address: a, key_label: b, key: c}", "no guide in English"),
        ("en: {address: a, key_label: b}", "key"),
        ("en: {address: a, key_label: b, key: 7}", "where words belong"),
        ("en: {address: a, key_label: b, key: c, asked: [{name: x, label: y}]}\nde: {address: a, key_label: b, key: c}", "other things in 'de'"),
    ],
)
def test_a_guide_with_a_gap_is_seen_at_the_start(tmp_path: Path, words: str, said: str) -> None:
    path = tmp_path / "guide.yaml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises((ValueError, KeyError), match=said):
        guides.load(path)
