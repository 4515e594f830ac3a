"""What a check is written with. It runs in the worker, and asks the answer process through its handle alone.

learner      the answer: call its functions, read its values and files
site         the live site: send requests, move the clock
tokens       tokens, good and bad
failures     `fail`, where those have no method
attribution  whose mistake it is that a check's own test has raised

What comes back from the answer is data, or a number for an object that has stayed there. A check trusts
none of it, and each method that expects something says so in one message.
"""
