"""What a host must pass, for whoever writes one (docs/hosts.md). Needs the service installed beside, and pytest to run.

::

    from mentorgraph.kit import HostSuite, Stage

    class MyStage(Stage):
        …

    class TestMyHost(HostSuite):
        stage = MyStage
"""

from mentorgraph.launcher import find_the_service

find_the_service()

from mentorgraph.kit.service import Service  # noqa: E402 - only importable once the path is set
from mentorgraph.kit.stage import Stage  # noqa: E402
from mentorgraph.kit.suite import HostSuite  # noqa: E402

__all__ = ["HostSuite", "Service", "Stage"]
