"""Bounded load on one's own site.

    run = load(site.url + "/hello/", requests=200, connections=8)
    run.statuses, run.failed

    with steady_load(site.url + "/hello/") as run:
        site.reload()
    run.failed

For learning how servers behave, and not for testing how much they bear: it sends to this machine only, and at
most 10,000 requests in 30 seconds. How long things took differs from run to run and from laptop to laptop. So
the verdict is what a cell prints and what is compared; timings are drawn (`jwtlab.show.chart`).

run        `load` and `steady_load`, and their bounds
client     what sends the requests
result     `Load`: what came of them
progress   a bar for someone who watches
"""

from jwtlab.load.result import Load, LoadError
from jwtlab.load.run import load, steady_load

__all__ = ["Load", "LoadError", "load", "steady_load"]
