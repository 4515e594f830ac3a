"""Exercises: one text per exercise, and what is built from it and held against it.

The text (course/exercises/NN/slug.py) is read by `reading` into a `source`, with `cells` (the file's
cells), `cuts` (the starter is cut out of the solution) and `patches` (other answers are the solution with
lines replaced). `build` writes what learners get. `properties` says what must hold of an exercise when its
answers are run, `rules` what must hold of its texts, `plan` what the course must have; `trial` prints what
there is to say of one exercise while it is written. course/exercises/README.md is the guide for writers.
"""
