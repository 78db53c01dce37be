import json

import pytest

from integrations.discourse.api import Api
from mentorgraph.host import HostBroken, HostBusy, HostDenied, HostError, HostInvalid, HostNotFound, HostUnreachable, Response
from tests.integrations.discourse.fake import ABSENT, FORBIDDEN, LOST, FakeHttp, answer
from tests.integrations.discourse.support import INSTALLATION

BUSY = {"errors": ["Slow down."], "error_type": "rate_limit", "extras": {"wait_seconds": 12, "time_left": "12 seconds"}}


def api(found: object) -> tuple[Api, FakeHttp]:
    http = FakeHttp({"GET /x.json": found, "POST /x.json": found, "GET /t/external_id/k.json": found})
    return Api(INSTALLATION, http), http


@pytest.mark.parametrize(
    ("found", "error", "reason"),
    [
        (answer(FORBIDDEN, 403), HostDenied, "invalid_access"),
        (answer({"errors": ["x"], "error_type": "not_logged_in"}, 403), HostDenied, "not_logged_in"),
        (answer("<html>Attention required</html>", 403), HostDenied, "denied"),
        (answer("", 401), HostDenied, "denied"),
        (answer(ABSENT, 404), HostNotFound, "not_found"),
        (answer("<html>gone</html>", 410), HostNotFound, "not_found"),
        (answer({"errors": ["x"], "error_type": "invalid_parameters"}, 400), HostInvalid, "invalid_parameters"),
        (answer({"action": "create_post", "errors": ["Title is too short"]}, 422), HostInvalid, "invalid"),
        (answer(BUSY, 429), HostBusy, "busy"),
        (answer({"errors": ["x"], "error_type": "read_only"}, 503), HostBusy, "read_only"),
        (answer("<html>rebuilding</html>", 502), HostBusy, "rebuilding"),
        (answer("", 504), HostBusy, "rebuilding"),
        (answer("<html>oops</html>", 500), HostBroken, "server_error"),
        (answer("", 302), HostBroken, "broken"),
        (answer("<!DOCTYPE html><html>login</html>"), HostBroken, "broken"),
        (answer('{"a": 1'), HostBroken, "broken"),
        (answer(""), HostBroken, "broken"),
        (answer("", 204), HostBroken, "broken"),
        (answer([1]), HostBroken, "broken"),
        (answer('"text"'), HostBroken, "broken"),
        (Response(status=200, headers={}, body=b"\xff\xfe"), HostBroken, "broken"),
        (LOST, HostUnreachable, "unreachable"),
    ],
)
async def test_answers_that_are_not_what_was_asked_for(found: object, error: type[HostError], reason: str) -> None:
    with pytest.raises(error) as raised:
        await api(found)[0].get("/x.json")
    assert type(raised.value) is error
    assert raised.value.reason == reason
    assert "\n" not in raised.value.message


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"retry-after": "7"}, BUSY, 7.0),
        ({}, BUSY, 12.0),
        ({"retry-after": "soon"}, BUSY, 12.0),
        ({}, "Too many requests", 60.0),
        ({}, "<html>slow down</html>", 60.0),
        ({"retry-after": "3"}, "<html>slow down</html>", 3.0),
        ({}, {"extras": {"wait_seconds": True}}, 60.0),
        ({}, {"extras": {"wait_seconds": -5}}, 0.0),
        ({"retry-after": "9999999"}, "", 86_400.0),
        ({"retry-after": "Wed, 03 Jun 2026 10:00:30 GMT", "date": "Wed, 03 Jun 2026 10:00:00 GMT"}, BUSY, 30.0),
        ({"retry-after": "Wed, 03 Jun 2026 10:00:00 GMT", "date": "Wed, 03 Jun 2026 10:00:30 GMT"}, BUSY, 0.0),
        ({"retry-after": "Wed, 03 Jun 2026 10:00:30 GMT"}, BUSY, 12.0),
    ],
)
async def test_how_long_to_wait(headers: dict[str, str], body: object, seconds: float) -> None:
    with pytest.raises(HostBusy) as raised:
        await api(answer(body, 429, headers))[0].get("/x.json")
    assert raised.value.retry_after == seconds


async def test_the_forums_own_lines_are_kept() -> None:
    with pytest.raises(HostInvalid) as raised:
        await api(answer({"errors": ["Title is too short", 5, "Body is too short"]}, 422))[0].get("/x.json")
    assert raised.value.details == ("Title is too short", "Body is too short")


async def test_a_good_status_may_still_refuse() -> None:
    with pytest.raises(HostInvalid) as raised:
        await api({"success": False, "message": "Not that name", "errors": {}})[0].write("POST", "/x.json", {}, repeatable=False)
    assert raised.value.details == ("Not that name",)


async def test_an_empty_answer_to_a_change_is_good() -> None:
    assert await api(answer("", 204))[0].write("POST", "/x.json", {}, repeatable=False) == {}


async def test_a_list_is_not_an_object() -> None:
    assert await api([1])[0].get_list("/x.json") == [1]
    with pytest.raises(HostBroken):
        await api({"a": 1})[0].get_list("/x.json")


@pytest.mark.parametrize("found", [{}, {"a": {}}, {"a": None}, {"a": {"b": None}}, {"a": {"b": {}}}, {"a": [{"b": []}]}])
async def test_a_list_that_is_not_there_is_not_an_empty_one(found: object) -> None:
    with pytest.raises(HostBroken):
        await api(found)[0].get_listed("/x.json", under=("a", "b"))
    assert await api({"a": {"b": [{}, 5, {"c": 1}]}})[0].get_listed("/x.json", under=("a", "b")) == [{}, {"c": 1}]


async def test_the_key_goes_along_unless_it_should_not() -> None:
    found, http = api({})
    await found.get("/x.json")
    await found.get("/x.json", anonymous=True)
    assert http.calls[0].headers == {"Accept": "application/json", "Api-Key": "key", "Api-Username": "system"}
    assert http.calls[1].headers == {"Accept": "application/json"}


@pytest.mark.parametrize(
    ("found", "topic_id"),
    [
        (answer("", 301, {"location": "https://forum.example.com/t/a-slug/42"}), "42"),
        (answer("", 301, {"location": "https://forum.example.com/t/42.json"}), "42"),
        (answer("", 302, {"location": "/forum/t/7-days/42?x=1"}), "42"),
        (answer({"id": 42}), "42"),
        (answer(ABSENT, 404), None),
    ],
)
async def test_a_topic_is_found_by_our_id_whether_or_not_the_network_follows(found: Response, topic_id: str | None) -> None:
    assert await api(found)[0].topic_by_external_id("k") == topic_id


@pytest.mark.parametrize("found", [answer("", 301, {"location": "/login"}), answer("<html></html>"), answer({"title": "x"})])
async def test_another_answer_to_our_id_is_broken(found: Response) -> None:
    with pytest.raises(HostBroken):
        await api(found)[0].topic_by_external_id("k")


def test_no_secret_is_shown() -> None:
    assert "Api-Key" not in repr(api({})[0])
    assert json.dumps(str(INSTALLATION)).count("hook-secret") == 0
