"""The demo site's hardened face with SimpleJWT's own views beside it, for `bench/hardened.py`."""
