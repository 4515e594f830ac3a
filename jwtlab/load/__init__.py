"""Bounded load on one's own site, and a drawing of what came of it.

    run = load(site.url + "/hello/", requests=200, connections=8)
    run.statuses, run.failed

    with steady_load(site.url + "/hello/") as run:
        site.reload()
    run.failed

    chart("Time for one answer", {"runserver": 1.4, "gunicorn": 1.1}, unit="milliseconds", base="runserver")

For learning how servers behave, and not for testing how much they bear: it sends to this machine only, and at
most 10,000 requests in 30 seconds. How long things took differs from run to run and from laptop to laptop. So
the verdict is what a cell prints and what is compared; timings are drawn (`jwtlab/load/drawing.py`).
"""

from jwtlab.load.drawing import Chart, chart
from jwtlab.load.result import Load, LoadError
from jwtlab.load.running import load, steady_load

__all__ = ["Chart", "Load", "LoadError", "chart", "load", "steady_load"]
