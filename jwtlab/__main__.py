"""`python -m jwtlab`."""

import sys

from jwtlab.cli import main

sys.exit(main())
