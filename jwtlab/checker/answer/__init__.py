"""The process in which the learner's code runs, forked from the worker for one check.

process  what a check may ask of it, and the replies
limits   what the code may not do in it
server   the live site in it
codec    values as JSON: all that comes out of it
handle   the worker's end: start it, ask it, end it

Nothing in it judges. It is trusted by nobody: it has a copy of the worker's memory, and may do to that what
it likes, but what it replies is only ever looked at as data. Before any of the code runs it has lost the
worker's connections and files. It ends when the worker does. `handle` runs in the worker, `codec` in both.
"""
