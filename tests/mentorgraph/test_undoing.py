"""Undoing goes on to its end, and hides no failure."""

import asyncio

import pytest

from mentorgraph.undoing import undo


async def test_it_is_done_and_nothing_is_noted() -> None:
    done, error = list[int](), ValueError("first")

    async def work() -> None:
        done.append(1)

    await undo(work(), error, left="by hand")
    assert done == [1]
    assert not hasattr(error, "__notes__")


@pytest.mark.parametrize("failure", [OSError("away"), asyncio.CancelledError()])
async def test_what_is_left_is_noted_beside_the_first_failure(failure: BaseException) -> None:
    error = ValueError("first")

    async def work() -> None:
        raise failure

    await undo(work(), error, left="by hand")
    assert error.__notes__ == ["by hand"]


async def test_cancelled_again_and_again_it_goes_on_and_says_so_in_the_end() -> None:
    done, error = list[int](), ValueError("first")

    async def work() -> None:
        for _ in range(3):
            task.cancel()
            await asyncio.sleep(0)
        done.append(1)

    task = asyncio.ensure_future(undo(work(), error, left="by hand"))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == [1]
