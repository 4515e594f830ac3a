"""The process in which the learner's code runs, forked from the worker for one check.

child        what a check may ask of it, and the replies
limits       what the code may not do in it
live_server  the site in it, which a check sends requests
codec        values as JSON: all that comes out of it
parent       the worker's end: start it, ask it, end it

Nothing in it judges. It is trusted by nobody: it has a copy of the worker's memory, and may do to that what
it likes, but what it replies is only ever looked at as data. Before any of the code runs it has lost the
worker's connections and files. It ends when the worker does. `parent` runs in the worker, `codec` in both.
"""
