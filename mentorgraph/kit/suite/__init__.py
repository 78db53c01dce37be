"""What every host must pass."""

from typing import ClassVar

from mentorgraph.kit.stage import Stage
from mentorgraph.kit.suite.hearing import Hearing
from mentorgraph.kit.suite.naming import Naming
from mentorgraph.kit.suite.reading import Reading
from mentorgraph.kit.suite.saying import Saying
from mentorgraph.kit.suite.taking_part import Leaving, TakingPart

__all__ = ["HostSuite"]


# pytest goes through the bases from the last to the first: who leaves, leaves in the end.
class HostSuite(Leaving, TakingPart, Saying, Reading, Hearing, Naming):
    """Subclass it as ``TestSomething`` and set ``stage``."""

    stage: ClassVar[type[Stage]]
