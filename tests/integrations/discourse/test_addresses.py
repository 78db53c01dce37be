import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse import addresses
from mentorgraph.host import HostInvalid


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("forum.example.com", "https://forum.example.com"),
        (" https://Forum.Example.com/ ", "https://forum.example.com"),
        ("https://forum.example.com:443", "https://forum.example.com"),
        ("http://forum.example.com:80/", "http://forum.example.com"),
        ("http://localhost:4200", "http://localhost:4200"),
        ("https://example.com/forum/?x=1#top", "https://example.com/forum"),
        ("https://example.com//forum//", "https://example.com/forum"),
        ("HTTPS://BÜCHER.example", "https://xn--bcher-kva.example"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("forum.example.com.", "https://forum.example.com"),
    ],
)
def test_an_address_has_one_form(typed: str, url: str) -> None:
    assert addresses.normalise_url(typed) == url
    assert addresses.normalise_url(url) == url
    assert addresses.same_forum(typed, url)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "ftp://forum.example.com",
        "https://",
        "https://user:pw@forum.example.com",
        "https://forum.example.com:99999",
        "https://forum.example.com/../x",
        "https://a b.example",
        "https://x\u0000y",
        "http://[",
        "https://" + "a" * 600,
        "javascript://x",
        "https://forum.example.com/a b",
    ],
)
def test_anything_else_is_refused_with_what_to_type(typed: str) -> None:
    with pytest.raises(HostInvalid) as refused:
        addresses.normalise_url(typed)
    assert "https://" in refused.value.message
    assert refused.value.reason == "url"


@given(st.text(max_size=80))
def test_no_input_raises_anything_else(typed: str) -> None:
    try:
        once = addresses.normalise_url(typed)
    except HostInvalid:
        return
    assert addresses.normalise_url(once) == once


@pytest.mark.parametrize(
    ("template", "url"),
    [
        ("/user_avatar/x/{size}/1.png", "https://forum.example.com/user_avatar/x/96/1.png"),
        ("//cdn.example/{size}.png", "https://cdn.example/96.png"),
        ("https://cdn.example/{size}.png", "https://cdn.example/96.png"),
        ("javascript:alert(1)", None),
        ("data:image/png;base64,x", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_pictures(template: str | None, url: str | None) -> None:
    assert addresses.avatar_url("https://forum.example.com", template) == url


def test_addresses_of_things() -> None:
    base = "https://example.com/forum"
    assert addresses.member_url(base, "a/b") == "https://example.com/forum/u/a%2Fb"
    assert addresses.topic_url(base, "7", None) == "https://example.com/forum/t/-/7"
    assert addresses.post_url(base, "7", "hi there", 2) == "https://example.com/forum/t/hi%20there/7/2"
    assert addresses.space_url(base, "6", "help") == "https://example.com/forum/c/help/6"
