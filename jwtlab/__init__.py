"""The tools that notebooks and `make` use. What is taught stands in the open: in cells, and in `demo_site/`.

site        a Django site, started for a lesson, and its clock
show        an exchange, a token, a chart, as their reader would draw them
browser     the reader's own browser, driven
attacks     each claim on security as an attack, run on both faces of the demo site
load        bounded load on a site of one's own
checker     answers to the exercises, checked
workspace   the learner's copies, and how they stand
doctor      what on this machine can go wrong
install     the environment, and the programs outside it
cli         the commands behind `make`
errors      the one kind of error that is raised on purpose

This file imports nothing, because `jwtlab.install` must run before anything is installed.
"""
