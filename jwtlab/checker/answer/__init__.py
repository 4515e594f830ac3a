"""The process in which a learner's code runs, and the judge's hold on it. Nothing in it judges."""
