"""One message as the homeserver has it now, when members send what no client of theirs would."""

from collections.abc import Mapping

import pytest

from mentorgraph.events import MemberLeft, PostChanged, PostDeleted
from tests.integrations.matrix.fake import GARDEN, ME, SPACE, FakeHomeserver

MAYA = "@maya:example.org"


def said(event: str, words: str, *, edits: str | None = None) -> Mapping[str, object]:
    """A message, or an edit of one."""
    relation = {} if edits is None else {"m.relates_to": {"rel_type": "m.replace", "event_id": edits}}
    content = {"msgtype": "m.text", "body": words, **relation}
    return {"type": "m.room.message", "event_id": event, "sender": MAYA, "origin_server_ts": 1_790_000_000_000, "content": content}


@pytest.fixture
def server() -> FakeHomeserver:
    """Our account is in the space and in the garden."""
    return FakeHomeserver(inside={SPACE, GARDEN})


async def test_our_own_account_takes_no_part(server: FakeHomeserver) -> None:
    (found,) = await server.client().read("member", ME)
    assert isinstance(found, MemberLeft)


async def test_an_edit_is_told_of_with_the_message_that_it_changes(server: FakeHomeserver) -> None:
    server.events = {"$first": said("$first", "Which plums?"), "$edit": said("$edit", "* Which pears?", edits="$first")}
    (_, post) = await server.client().read("post", f"{GARDEN}/$edit")
    assert isinstance(post, PostChanged)
    assert (post.post_id, post.text) == (f"{GARDEN}/$first", "Which plums?")


@pytest.mark.parametrize("edits", ["$1", "$2", "$last"])
async def test_edits_of_edits_lead_nowhere_however_many_there_are(server: FakeHomeserver, edits: str) -> None:
    server.events = {f"${number}": said(f"${number}", "words", edits=f"${number + 1}") for number in range(2, 40)}
    server.events["$1"] = said("$1", "words", edits=edits)
    found = await server.client().read("post", f"{GARDEN}/$1")
    assert [type(one) for one in found] == [PostDeleted]
    assert sum("/event/" in call for call in server.calls) <= 2
