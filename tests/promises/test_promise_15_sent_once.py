"""Promise 15: a message leaves by an outbox, once: killed before and after the send, the service sends it again only if the host has not got it."""

import asyncio
import signal
from pathlib import Path

import pytest

from integrations.discourse.double.process import child_double
from integrations.servers import free_port
from mentorgraph.host import DirectMessage, Paragraph
from plugin.app import compose
from plugin.cli.common import WITH_TIME
from plugin.services.hosts import connect
from plugin.services.hosts.connect import NewConnection
from plugin.services.messages import outgoing
from plugin.settings import Settings
from plugin.store.unit_of_work import UnitOfWork
from tests.conftest import SECRET_KEY
from tests.promises.processes import Dying

pytestmark = pytest.mark.slow


@pytest.mark.timeout(600)
@pytest.mark.parametrize("step", ["sending", "sent", "marked"])
async def test_promise_15_killed_at_both_sides_of_the_send(settings: Settings, step: str, tmp_path: Path) -> None:
    port = free_port()
    async with child_double(["--data", "demo"], seconds=60) as forum:
        await forum.control.settings(admin_api_per_minute=0)
        allowed = (forum.base_url.removeprefix("http://"),)
        parts = compose(settings.model_copy(update={"public_url": f"http://127.0.0.1:{port}", "allow_private": allowed}), patience=WITH_TIME)
        try:
            key = await forum.control.api_key()
            new = NewConnection(host="discourse", url=forum.base_url, api_key=key, host_settings={"requests_per_minute": "60000"})
            installation = (await connect.connect(parts.runtime, new)).installation_id
            people = (await forum.control.state("users"))["users"]
            assert isinstance(people, list)
            name = next(one["username"] for one in people if one["id"] > 0 and one["active"] and not one["admin"] and not one["staged"])

            def post(unit: UnitOfWork) -> None:
                message = DirectMessage(to=(name,), title="Somebody who could help you", body=(Paragraph(("Three members answered questions like yours.",)),))
                outgoing.post(message, kind="test", key="only", member_id=None, unit=unit)

            await parts.runtime.database.write(installation, post)
            service = Dying(settings, port, installation, "", forum.base_url, tmp_path / "service.log", key=SECRET_KEY)
            process = await service.start(step, "1")
            await asyncio.wait_for(process.wait(), 120)
            assert process.returncode == -signal.SIGKILL
            # Started again once the pause before the next try is over: its clock is ahead by that.
            process = await service.start(skew=outgoing.RETRIES[0])
            try:
                for _ in range(10_000):
                    counts = await parts.runtime.database.read(installation, lambda unit: unit.outbox.counts())
                    if counts.get("sent"):
                        break
                    await asyncio.sleep(0.02)
                assert counts == {"sent": 1}
            finally:
                process.terminate()
                await process.wait()
            topics = (await forum.control.state("topics"))["topics"]
            assert isinstance(topics, list)
            assert len([one for one in topics if one["title"] == "Somebody who could help you"]) == 1
        finally:
            await parts.close()
