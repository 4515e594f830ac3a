"""Passwords hashed in a thousandth of the usual time: a lesson logs in dozens of times, a room of learners at once.

Only in a lab world, whose passwords are printed in the lessons. Elsewhere Django's default holds.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class LabPasswordHasher(PBKDF2PasswordHasher):
    """Django's PBKDF2 with too few iterations to protect anything."""

    iterations = 1_000
