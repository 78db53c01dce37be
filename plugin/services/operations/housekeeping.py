"""What is thrown away when its time is over."""

from datetime import timedelta

from plugin.services import scheduling
from plugin.services.developers import webhooks
from plugin.services.identity import operating
from plugin.services.messages import calendars, telling
from plugin.services.operations import resealing
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

GONE_FOR = timedelta(days=30)
CHANGES_FOR = timedelta(days=1)
PENDING_FOR = timedelta(days=30)
SUGGESTIONS_FRESH_FOR = timedelta(days=1)
"""After which suggestions for a need of the last :data:`RECENTLY` are worked out anew; for older needs, which pile up, :data:`OLD_ONES_FRESH_FOR`."""
RECENTLY = timedelta(days=30)
OLD_ONES_FRESH_FOR = timedelta(days=7)


async def tidy(runtime: Runtime, installation_id: int) -> None:
    """Prune one community by the retention that manifest.yaml promises, let old suggestions be worked out anew, and move seals of older keys to the newest."""
    settings = runtime.settings

    def work(unit: UnitOfWork) -> None:
        unit.inbox.prune(now=unit.now, handled_after=timedelta(days=settings.delivery_days), dead_after=timedelta(days=settings.dead_letter_days))
        unit.outbox.prune(dead_before=unit.now - timedelta(days=settings.dead_letter_days))
        unit.gone.prune(before=unit.now - GONE_FOR)
        unit.changes.prune(before=unit.now - CHANGES_FOR)
        unit.tokens.prune(now=unit.now)
        unit.applications.prune(now=unit.now, pending_before=unit.now - PENDING_FOR)
        unit.jobs.prune(done_before=unit.now - scheduling.DONE_FOR)
        unit.calendars.prune(before=unit.now - calendars.KEPT_FOR)
        unit.notices.prune(before=unit.now - telling.KEPT_FOR)
        unit.mails.prune(before=unit.now - telling.KEPT_FOR)
        unit.webhooks.prune(before=unit.now - webhooks.KEPT_FOR)
        unit.feed.prune(before=unit.now - webhooks.KEPT_FOR)
        unit.sign_ins.prune(now=unit.now)
        unit.staff.prune(now=unit.now)
        unit.strikes.prune(now=unit.now)
        recent = unit.needs.make_stale(answered_before=unit.now - SUGGESTIONS_FRESH_FOR, stated_since=unit.now - RECENTLY)
        if unit.needs.make_stale(answered_before=unit.now - OLD_ONES_FRESH_FOR) or recent:
            unit.wake("suggest")

    await runtime.database.write(installation_id, work)
    await operating.tidy(runtime)
    if len(settings.secret_keys) > 1:
        await resealing.reseal(runtime, installation_id)
