"""The process that judges: kept warm, with a fork for each face of the demo site and for each answer.

client    the end of it in the learner's kernel or terminal: starts it and asks it
__main__  its watchdog, which starts it, and ends it with its folder when the kernel is gone or it is
worker    takes one answer after another
judge     one check from answer to verdict

The worker trusts the client that has started it and the exercises of the course, whose checks it runs. It
runs nothing of the learner's: that is in `jwtlab.checker.answer`, and reaches it as JSON.
"""
