"""`python -m jwtlab`."""

import sys

from jwtlab.install.commands import SetupError
from jwtlab.install.environment import OLDEST, check_python

if sys.version_info[:2] < OLDEST:  # it could not read the rest
    try:
        check_python(tuple(sys.version_info))
    except SetupError as error:
        sys.exit("T" + str(error)[1:])

from jwtlab.cli import main

sys.exit(main())
