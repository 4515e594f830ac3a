"""Making the environment, and finding or getting the programs that the course uses besides Python.

    python3 -m jwtlab.install            what a learner needs
    python3 -m jwtlab.install --tests    and what tests and authors need
    python3 -m jwtlab.install --link     only make this clone importable (conda, Binder, plain pip)

environment  the virtual environment, from the lock
integrity    whether every file that the packages brought is there, and the course can be imported
relocate     scripts of an environment whose folder was moved
programs     a browser, Nginx and the like: where they are, and the one command that gets what is missing
apt          Debian packages, installed as root
commands     running other programs: what they inherit, and why they cannot install anything

Standard library alone, in syntax that an old Python can read: it runs before anything is installed.
"""
