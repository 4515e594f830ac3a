"""Making the environment, and finding or getting the programs that the course uses besides Python.

    python3 -m jwtlab.install            what a learner needs
    python3 -m jwtlab.install --tests    and what tests and authors need
    python3 -m jwtlab.install --link     only make this clone importable (conda, Binder, plain pip)

environment  the virtual environment, from the lock
programs     a browser and Nginx: where they are, and the one command that gets what is missing
apt          Debian packages, installed as root

Standard library alone, in syntax that an old Python can read: it runs before anything is installed.
"""
