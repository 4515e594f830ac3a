"""`make doctor`: what can go wrong on a learner's machine, looked at before it does.

checks   one small function for each thing
nginx    starts an Nginx of its own
report   runs them all, and prints what each found and what cures it
"""
