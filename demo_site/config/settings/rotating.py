"""The `seed` face with SimpleJWT's own rotation switched on, and nothing else changed.

For the lessons on rotation. The seed's cookie view throws the new refresh token away, so in the cookie flow
the second refresh fails; in the flow with tokens in bodies rotation works, and lets a session go on for ever.
"""

from .seed import *  # noqa: F403 -- settings stack this way in Django projects
from .seed import SIMPLE_JWT

SIMPLE_JWT = SIMPLE_JWT | {"ROTATE_REFRESH_TOKENS": True, "BLACKLIST_AFTER_ROTATION": True}
