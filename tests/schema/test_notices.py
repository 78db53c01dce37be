"""Messages over GraphQL and by the pages that need no sign-in."""

from datetime import timedelta
from typing import Any

import icalendar
import pytest

from plugin.services import scheduling
from plugin.services.messages import calendars, delivering, reaching, telling
from plugin.store.unit_of_work import UnitOfWork
from tests.schema.world import World

KIND = "mail.stopped"
SETTINGS = "settings { agreed choices { group channel frequency } hours { timezone quietFrom quietUntil weekday } }"
ERRORS = "userErrors { code message field }"
MINE = "{ myNotices(first: 1) { edges { node { id kind status readAt text { title paragraphs } } } pageInfo { hasNextPage endCursor } } }"


async def tell(world: World, key: str, *, username: str = "cat") -> int:
    member = await world.member_id(username)
    await world.write(lambda unit: telling.tell(unit, member, KIND, key=key, about={}))
    return member


async def change(world: World, token: str, name: str, given: dict[str, object], selection: str) -> Any:
    kind = {"chooseMessages": "ChooseMessagesInput", "setMessageHours": "SetMessageHoursInput", "holdMessages": "HoldMessagesInput"}.get(name)
    kind = kind or {"releaseNotices": "HeldNoticesInput", "dropNotices": "HeldNoticesInput", "markNoticesRead": "MarkNoticesReadInput"}.get(name)
    kind = kind or {"retryJobs": "RetryJobsInput", "giveMailAddress": "GiveMailAddressInput", "confirmMailAddress": "ConfirmMailAddressInput"}[name]
    answer = await world.ask(f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ {selection} {ERRORS} }} }}", token, input=given)
    return answer.data[name]


async def test_a_member_reads_their_notices_and_nobody_elses(world: World) -> None:
    await tell(world, "a")
    await tell(world, "b", username="ann")
    token = await world.token("cat")
    page = (await world.ask(MINE, token)).data["myNotices"]
    (edge,) = page["edges"]
    assert (edge["node"]["kind"], edge["node"]["status"], page["pageInfo"]["hasNextPage"]) == (KIND, "WAITING", False)
    assert edge["node"]["text"]["title"] == "Your e-mail address does not take our messages"
    done = await change(world, token, "markNoticesRead", {"upto": edge["node"]["id"]}, "done count")
    assert done["count"] == 1
    assert (await world.ask(MINE, token)).data["myNotices"]["edges"][0]["node"]["readAt"]


async def test_a_member_chooses_and_sets_hours(world: World) -> None:
    token = await world.token("cat")
    chosen = await change(world, token, "chooseMessages", {"group": "requests", "channel": "EMAIL", "frequency": "DAILY"}, SETTINGS)
    assert {"group": "requests", "channel": "EMAIL", "frequency": "DAILY"} in chosen["settings"]["choices"]
    assert {"group": "community", "channel": "HOST", "frequency": "WEEKLY"} in chosen["settings"]["choices"]
    hours = await change(world, token, "setMessageHours", {"timezone": "Asia/Tokyo", "quietFrom": 0, "quietUntil": 0}, SETTINGS)
    assert hours["settings"]["hours"] == {"timezone": "Asia/Tokyo", "quietFrom": 0, "quietUntil": 0, "weekday": 0}
    wrong = await change(world, token, "setMessageHours", {"timezone": "Mars/Base"}, SETTINGS)
    assert [(one["code"], one["field"]) for one in wrong["userErrors"]] == [("invalid", "timezone")]
    wrong = await change(world, token, "chooseMessages", {"group": "nothing", "channel": "EMAIL"}, SETTINGS)
    assert wrong["userErrors"][0]["field"] == "group"
    wrong = await change(world, token, "giveMailAddress", {"address": "cat@example.org"}, "done")
    assert wrong["userErrors"][0]["code"] == "no_mail"
    wrong = await change(world, token, "confirmMailAddress", {"code": "1"}, "done")
    assert wrong["userErrors"][0]["code"] == "wrong_code"
    read = (await world.ask("{ messageSettings { agreed } mailAddress { address } digestPreview { title } calendarSince }", token)).data
    assert read["mailAddress"] is None


async def test_a_manager_holds_previews_releases_and_drops(world: World) -> None:
    token = await world.token()
    assert (await change(world, token, "holdMessages", {"kind": KIND, "held": True}, "done"))["done"]
    for key in "ab":
        await tell(world, key)
    await delivering.deliver_due(world.parts.runtime, world.installation_id)
    held = (await world.ask("{ heldNotices { edges { node { id kind text { title } } } } }", token)).data["heldNotices"]["edges"]
    assert [one["node"]["text"]["title"] for one in held] == ["Your e-mail address does not take our messages"] * 2
    first, second = (one["node"]["id"] for one in held)
    assert (await change(world, token, "releaseNotices", {"ids": [first]}, "count"))["count"] == 1
    assert (await change(world, token, "dropNotices", {"ids": [first, second]}, "count"))["count"] == 1
    kinds = (await world.ask("{ messageKinds { name heldSince counts { status count } } }", token)).data["messageKinds"]
    mine = next(one for one in kinds if one["name"] == KIND)
    assert mine["heldSince"]
    assert {one["status"]: one["count"] for one in mine["counts"]} == {"WAITING": 1, "DROPPED": 1}
    preview = (await world.ask('{ messagePreview(kind: "introduction.group", locale: "de") { title } }', token)).data["messagePreview"]
    assert preview["title"].startswith("Willkommen")


@pytest.mark.parametrize(
    "query",
    ["{ messageKinds { name } }", "{ heldNotices { edges { node { id } } } }", "{ jobs { key } }", '{ messagePreview(kind: "digest") { title } }'],
)
async def test_members_do_not_manage(world: World, query: str) -> None:
    assert (await world.ask(query, await world.token("cat"))).codes == ["forbidden"]
    assert (await world.ask(query)).codes == ["unauthenticated"]


async def test_an_admin_sees_jobs(world: World) -> None:
    at = world.clock() + timedelta(days=1)
    await world.write(lambda unit: scheduling.schedule(unit, "no.such", key="k", at=at, about={"request": 7}))
    token = await world.token()
    (job,) = (await world.ask('{ jobs(state: "waiting") { key kind about attempts error } }', token)).data["jobs"]
    assert job == {"key": "k", "kind": "no.such", "about": {"request": 7}, "attempts": 0, "error": ""}
    assert (await change(world, token, "retryJobs", {}, "count"))["count"] == 0


# ---------------------------------------------------------------------------------------------------------------------- pages


async def link(world: World, group: str) -> str:
    member = await world.member_id("cat")
    return await world.read(lambda unit: reaching.stop_link(unit, member, group, public_url=""))


async def channel(world: World, group: str) -> str:
    member = await world.member_id("cat")

    def work(unit: UnitOfWork) -> str:
        return reaching.choice_of(unit, member, group).channel.value

    return await world.read(work)


async def test_looking_at_the_link_stops_nothing_and_one_click_does(world: World) -> None:
    path = await link(world, "requests")
    shown = await world.http.get(path)
    assert shown.status_code == 200
    assert "Requests for mentorship" in shown.text
    assert "script" not in shown.text
    assert await channel(world, "requests") == "host"
    clicked = await world.http.post(path, data={"List-Unsubscribe": "One-Click"})
    assert (clicked.status_code, clicked.text) == (200, "stopped")
    assert await channel(world, "requests") == "product"
    assert await channel(world, "sessions") == "host"
    everything = await world.http.post(path, data={"everything": "1"})
    assert "Done." in everything.text
    assert await channel(world, "sessions") == "product"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_link_that_is_none_of_ours(world: World, method: str) -> None:
    path = await link(world, "requests")
    for wrong in (path[:-3] + "AAA", f"/stop/{world.installation_id}/x", "/stop/123/" + path.rpartition("/")[2], "/stop/no/x"):
        assert (await world.http.request(method, wrong)).status_code in {400, 404}


async def test_a_private_calendar_lives_until_it_is_revoked(world: World) -> None:
    cat, ann = await world.member_id("cat"), await world.member_id("ann")
    start = world.clock() + timedelta(days=2)

    def put(unit: UnitOfWork, hours: int = 0) -> None:
        begins = start + timedelta(hours=hours)
        calendars.put_event(unit, "session:7", name="With ann", starts_at=begins, ends_at=begins + timedelta(hours=1), member_ids=[cat, ann])
        calendars.put_event(unit, "session:8", name="Not cat's", starts_at=begins, ends_at=begins + timedelta(hours=1), member_ids=[ann])

    await world.write(put)
    token = await world.token("cat")
    make = "mutation { newCalendarAddress { url userErrors { code } } }"
    url = (await world.ask(make, token)).data["newCalendarAddress"]["url"]
    answer = await world.http.get(url)
    assert answer.headers["content-type"].startswith("text/calendar")

    async def events() -> list[tuple[str, int, str]]:
        found = icalendar.Calendar.from_ical((await world.http.get(url)).content).walk("VEVENT")
        return [(str(one["summary"]), int(str(one.decoded("sequence"))), str(one["status"])) for one in found]

    assert await events() == [("With ann", 0, "CONFIRMED")]
    await world.write(put)
    assert await events() == [("With ann", 0, "CONFIRMED")], "nothing changed"
    await world.write(lambda unit: put(unit, 3))
    assert await events() == [("With ann", 1, "CONFIRMED")]
    await world.write(lambda unit: calendars.cancel_event(unit, "session:7"))
    await world.write(lambda unit: calendars.cancel_event(unit, "session:7"))
    assert await events() == [("With ann", 2, "CANCELLED")]
    newer = (await world.ask(make, token)).data["newCalendarAddress"]["url"]
    assert (await world.http.get(url)).status_code == 404
    assert (await world.http.get(newer)).status_code == 200
    assert (await world.ask("{ calendarSince }", token)).data["calendarSince"]
    await world.ask("mutation { revokeCalendarAddress { done } }", token)
    assert (await world.http.get(newer)).status_code == 404
    assert (await world.http.get(f"/calendar/{world.installation_id}/short")).status_code == 400
