"""Sessions of short-lived access tokens and rotated refresh tokens, on top of SimpleJWT. See README.md."""
