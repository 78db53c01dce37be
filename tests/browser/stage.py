"""A forum, the service, members who take part in a program, and a real browser that looks at them."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from integrations.discourse.double.process import Running, running_double
from integrations.servers import free_port
from plugin.app import Parts, build, compose
from plugin.domain.groups import Group, GroupState, Seat
from plugin.http import Patience
from plugin.services.hosts import connect as connecting
from plugin.services.hosts import reconcile as reconciling
from plugin.services.hosts.connect import NewConnection
from plugin.services.identity import access
from plugin.store.migrate import migrate_database
from plugin.store.unit_of_work import UnitOfWork
from schema.ids import parse_number
from tests import tools
from tests.conftest import make_settings
from tests.schema.world import served

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "artefacts"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that a test hands to the browser comes from no address, so it would have to ask before it reaches loopback.
    "--disable-features=LocalNetworkAccessChecks",
    # Cookies of other sites are refused, as browsers do by now.
    "--test-third-party-cookie-phaseout",
)
ELSEWHERE = "http://localhost:8123"
"""The origin of a page that the admin named; tests hand such pages to the browser."""
POLICY = {"pages": ELSEWHERE, "opt_in_field": "3", "offers_field": "1", "wants_field": "2", "places_field": "4", "mentor_group": "41"}
ENROL = "mutation($i: EnrolInput!) { enrol(input: $i) { enrolment { id state } userErrors { code message } } }"
NEED = "mutation($i: SetNeedInput!) { setNeed(input: $i) { need { id suggestions { member { username } } } userErrors { code message } } }"


@dataclass
class Stage:
    """What runs, and ways to set things up as members and admins would."""

    forum: Running
    parts: Parts
    service: str
    loop: asyncio.AbstractEventLoop
    http: httpx2.AsyncClient
    installation_id: int = 0
    program: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something in the loop of the service."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    async def ask(self, query: str, token: str, **variables: object) -> Any:
        answer = await self.http.post(f"{self.service}/graphql", json={"query": query, "variables": variables}, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 200, answer.text
        assert "errors" not in answer.json(), answer.text
        return answer.json()["data"]

    async def member_id(self, username: str) -> int:
        """Our id of a member; waits for the news of somebody new."""
        for _ in range(600):
            found = await self.parts.runtime.database.read(self.installation_id, lambda unit: unit.members.page(after=None, limit=100, query=username))
            if (known := next((one.id for one in found if one.username == username), None)) is not None:
                return known
            await asyncio.sleep(0.05)
        raise AssertionError(f"{username} did not arrive within thirty seconds")

    async def token(self, username: str) -> str:
        if username not in self._tokens:
            self._tokens[username] = await access.create_token(
                self.parts.runtime, self.installation_id, member_id=await self.member_id(username), scopes=None, name="t", lifetime=None, audience="api"
            )
        return self._tokens[username]

    async def connect(self) -> None:
        """What an admin does."""
        key = await self.forum.control.api_key()
        made = await connecting.connect(
            self.parts.runtime,
            NewConnection(host="discourse", url=self.forum.base_url, api_key=key, host_settings={"requests_per_minute": "6000"}, policy=POLICY),
        )
        self.installation_id = made.installation_id
        row = next(line for line in made.to_do if "|" in line).rpartition(" ")[2]
        await self.forum.control.settings(enable_discourse_connect_provider=True, discourse_connect_provider_secrets=[row])
        report = await reconciling.reconcile(self.parts.runtime, made.installation_id, whole=True)
        await reconciling.settle_all(self.parts.runtime, made.installation_id, report=report)

    async def found_program(self) -> None:
        """A program that is open to all."""
        service = await access.create_token(self.parts.runtime, self.installation_id, member_id=None, scopes=None, name="t", lifetime=None, audience="api")
        plan = {
            "name": "Founders help founders",
            "purpose": "Six months with somebody who has done it before.",
            "approveMentors": False,
            "bothRoles": True,
            "codeOfConduct": "Be kind. What is said between two stays between two.",
        }
        text = "mutation($i: CreateProgramInput!) { createProgram(input: $i) { program { id } userErrors { code message } } }"
        made = (await self.ask(text, service, i=plan))["createProgram"]
        assert not made["userErrors"], made
        self.program = made["program"]["id"]
        move = "mutation($i: MoveProgramInput!) { moveProgram(input: $i) { userErrors { code message } } }"
        moved = (await self.ask(move, service, i={"id": self.program, "state": "ENROLLING"}))["moveProgram"]
        assert not moved["userErrors"], moved

    async def enrol(self, username: str, role: str, *, capacity: int | None = None) -> None:
        values = {"program": self.program, "role": role, "adult": True} | ({} if capacity is None else {"capacity": capacity})
        done = (await self.ask(ENROL, await self.token(username), i=values))["enrol"]
        assert not done["userErrors"], done

    async def agree(self, username: str) -> None:
        """The member wants messages, at any hour: whether it is night where they live is no matter of these tests."""
        text = """mutation {
          optInToMessages { consents { messages } userErrors { code } }
          setMessageHours(input: {quietFrom: 0, quietUntil: 0}) { userErrors { code } }
        }"""
        done = await self.ask(text, await self.token(username))
        assert done["optInToMessages"]["consents"]["messages"]
        assert not done["setMessageHours"]["userErrors"]

    async def need(self, username: str, text: str) -> list[str]:
        """State a need; gives who is suggested."""
        done = (await self.ask(NEED, await self.token(username), i={"text": text}))["setNeed"]
        assert not done["userErrors"], done
        return [one["member"]["username"] for one in done["need"]["suggestions"]]

    async def send(self, username: str, name: str, kind: str, wanted: str, **values: object) -> Any:
        """A mutation of a member; gives its payload, in which nothing may be wrong."""
        text = f"mutation($i: {kind}!) {{ {name}(input: $i) {{ {wanted} userErrors {{ code message }} }} }}"
        done = (await self.ask(text, await self.token(username), i=values))[name]
        assert not done["userErrors"], done
        return done

    async def request(self, mentee: str, mentor: str, goal: str, note: str = "") -> str:
        """A member asks another for mentorship; gives the request's id."""
        answer = await self.ask("query($q: String!) { members(query: $q) { edges { node { id username } } } }", await self.token(mentee), q=mentor)
        node = next(edge["node"]["id"] for edge in answer["members"]["edges"] if edge["node"]["username"] == mentor)
        values = {"program": self.program, "mentors": [node], "goal": goal, "note": note}
        done = await self.send(mentee, "requestMentorship", "RequestMentorshipInput", "requests { id }", **values)
        return str(done["requests"][0]["id"])

    async def accept(self, mentor: str, request: str) -> str:
        """The mentor says yes; gives the mentorship's id."""
        done = await self.send(mentor, "acceptRequest", "AcceptRequestInput", "mentorship { id }", id=request, message="")
        return str(done["mentorship"]["id"])

    async def paired(self, mentee: str, mentor: str) -> str:
        """Two new members with a mentorship; gives its id."""
        for username in (mentee, mentor):
            await self.sign_up(username)
        await self.enrol(mentee, "MENTEE")
        await self.enrol(mentor, "MENTOR")
        return await self.accept(mentor, await self.request(mentee, mentor, "Find my first ten customers"))

    async def group(self, name: str, *usernames: str) -> None:
        """A group of these members, which runs."""
        seats = [Seat(member_id=await self.member_id(one)) for one in usernames]
        program = parse_number(self.program, type_name="Program", installation_id=self.installation_id)

        def work(unit: UnitOfWork) -> None:
            made = Group(id=unit.new_id(), program_id=program, number=1, name=name, state=GroupState.RUNNING, created_at=unit.now, published_at=unit.now)
            unit.our_groups.put(made)
            unit.our_groups.seat(made.id, seats, at=unit.now)

        await self.parts.runtime.database.write(self.installation_id, work)

    async def decline(self, mentor: str, request: str, message: str) -> None:
        """The mentor says no."""
        await self.send(mentor, "declineRequest", "DeclineRequestInput", "requests { id }", id=request, reason="NO_TIME", message=message)

    async def busy_member(self, name: str) -> None:
        """A member of whom there is something in every section: asked and asking, mentoring, done with and asked how it was, waiting, told no."""
        others = [f"{name}_{number}" for number in range(1, 4)]
        mentors = [f"{name}_m{number}" for number in range(1, 3)]
        for username in (name, *others, *mentors):
            await self.sign_up(username)
        await self.enrol(name, "MENTOR", capacity=4)
        await self.enrol(name, "MENTEE")
        for username in others:
            await self.enrol(username, "MENTEE")
        for username in mentors:
            await self.enrol(username, "MENTOR")
        await self.need(name, "How do I find the first customers for a subscription product, and what do I charge them?")
        done = await self.accept(name, await self.request(others[0], name, "Hire my first employee"))
        await self.send(name, "endMentorship", "EndMentorshipInput", "mentorship { id }", id=done, reason="GOAL_REACHED")
        await self.accept(name, await self.request(others[1], name, "Move from nursing to health tech"))
        await self.request(
            others[2], name, "Sell to companies, not only to friends", "I liked what you wrote about pilots. Would an hour a month work for you?"
        )
        await self.decline(mentors[0], await self.request(name, mentors[0], "Public speaking"), "I am away until March. Ask me again then!")
        await self.request(name, mentors[1], "Public speaking without dying", "")

    async def log_in(self, username: str) -> str:
        """A session of the forum; gives its cookie."""
        cookie = (await self.forum.control.act("log_in", username=username))["cookie"]
        assert isinstance(cookie, dict)
        return str(cookie["_t"])

    async def sign_up(self, username: str) -> None:
        await self.forum.control.act("sign_up", username=username)
        await self.forum.control.flush()

    async def messages_of(self, username: str) -> list[str]:
        """The titles of the private messages that the member finds in the forum."""
        key = await self.forum.control.api_key()
        answer = await self.http.get(f"{self.forum.base_url}/topics/private-messages/{username}.json", headers={"Api-Key": key, "Api-Username": username})
        return [one["title"] for one in answer.json()["topic_list"]["topics"]]

    async def hears(self, username: str, words: str) -> str:
        """The title of a private message in the forum with these words; waits until it has arrived."""
        found: list[str] = []
        for _ in range(200):
            found = await self.messages_of(username)
            if title := next((one for one in found if words in one), None):
                return title
            await asyncio.sleep(0.1)
        raise AssertionError(f"{username} finds no message with {words!r} in the forum, but {found}")

    def signed_in(self, browser: Browser, username: str | None, **options: Any) -> BrowserContext:
        """A browser of its own, in which a member is signed in to the forum."""
        context = browser.new_context(**options)
        if username is not None:
            context.add_cookies([{"name": "_t", "value": self.run(self.log_in(username)), "url": self.forum.base_url, "httpOnly": True, "sameSite": "Lax"}])
        return context


@contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """Everything, in a thread of its own."""
    ready: list[Stage] = []
    failure: list[BaseException] = []
    begun = threading.Event()
    end: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def play() -> None:
        port = free_port()
        url = f"http://localhost:{port}"  # another site than the forum on 127.0.0.1
        async with running_double() as forum:
            await forum.control.settings(admin_api_per_minute=0, ip_per_minute=0, ip_per_10_seconds=0)
            await forum.control.load(demo=True, webhooks=False)
            settings = make_settings(database_url=f"sqlite:///{folder / 'stage.db'}", public_url=url, allow_private=(urlsplit(forum.base_url).netloc,))
            await migrate_database(settings)
            parts = compose(settings, patience=Patience(total=60))
            async with served(build(parts, embedded_worker=True), port=port), httpx2.AsyncClient(trust_env=False, timeout=30) as http:
                loop = asyncio.get_running_loop()
                done = asyncio.Event()
                end.append((loop, done))
                made = Stage(forum, parts, url, loop, http)
                await made.connect()
                await made.found_program()
                ready.append(made)
                begun.set()
                await done.wait()

    def run() -> None:
        try:
            asyncio.run(play())
        except BaseException as error:  # noqa: BLE001 - raised again in the test
            failure.append(error)
        finally:
            begun.set()

    thread = threading.Thread(target=run, name="stage", daemon=True)
    thread.start()
    begun.wait(120)
    if failure or not ready:
        raise failure[0] if failure else TimeoutError("the stage was not set up in two minutes")
    try:
        yield ready[0]
    finally:
        end[0][0].call_soon_threadsafe(end[0][1].set)
        thread.join(60)


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=tools.chromium(), args=list(FLAGS))
        try:
            yield opened
        finally:
            opened.close()


def picture(page: Page, name: str) -> None:
    """A picture of the page as it is, kept for people."""
    PICTURES.mkdir(exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
