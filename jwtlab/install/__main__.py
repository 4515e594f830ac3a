"""`python3 -m jwtlab.install`."""

import sys

try:
    from jwtlab.install.environment import main

    status = main()
except KeyboardInterrupt:  # while this very program was being read
    print("\nInterrupted. Run the same command again.", file=sys.stderr)
    status = 130
sys.exit(status)
