"""`python3 -m jwtlab.install`."""

import sys

from jwtlab.install.environment import main

sys.exit(main())
