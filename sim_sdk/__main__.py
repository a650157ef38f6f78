"""`python -m sim_sdk`: the command `sim`, where the folder of an environment's scripts is not on the path."""

import sys

from sim_sdk.cli import main

if __name__ == "__main__":
    sys.exit(main())
