"""Passwords hashed a thousand times faster: a lesson logs in often, and a room of learners all at once.

Only in a lab world, whose passwords are printed in the lessons. Elsewhere Django's default holds.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class LabPasswordHasher(PBKDF2PasswordHasher):
    """Django's PBKDF2 with too few iterations to protect anything."""

    iterations = 1_000
