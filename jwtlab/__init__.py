"""The tools the notebooks use: start a site, show an exchange, show a token, keep the learner's work.

Every module has one job and is imported by its own name (`from jwtlab.site import start_site`).
This file imports nothing, because `jwtlab.install.environment` must run before anything is installed.
"""
