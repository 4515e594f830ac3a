"""The hardened face without a limit of failed logins, which would answer for what is behind it."""

from config.settings.hardened import *  # noqa: F403 -- settings stack this way in Django projects
from config.settings.hardened import HARDENED_AUTH as GIVEN

HARDENED_AUTH = GIVEN | {
    "FAILED_LOGINS_PER_NAME": 1_000_000,
    "FAILED_LOGINS_PER_ADDRESS": 1_000_000,
}
