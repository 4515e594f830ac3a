"""Running lessons and solutions, and comparing what they print with what is stored.

execute       runs a notebook in a kernel of its own
canonical     the one form in which outputs are stored and compared
output_rules  what a stored notebook must not hold
gate          nbval made strict, as a plugin of pytest
"""
