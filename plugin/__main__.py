"""``python -m plugin`` from a checkout."""

from mentorgraph.launcher import main

main()
