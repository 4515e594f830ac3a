"""The learner's own folder, `work/`, JupyterLab in it, and the browser that the learner looks with.

Lessons import from here. Everything else is imported from the module that has it:

files             where the course and `work/` are, the lock, and how a file is written whole
copies            the copies of the course's files: made, kept current, and never taken away
fingerprints      what the course last put where, by which a learner's edits are told from its own text
legacy_record     reads the fingerprints that an earlier version of the course has recorded
progress          what a learner has done
jupyter           opens JupyterLab
stored_outputs    what a cell shows on a machine without a browser or Nginx
browser_location  where the learner's browser is, and how it gets to a page of this machine
"""

from jwtlab.workspace.browser_location import for_your_browser
from jwtlab.workspace.files import my_folder

__all__ = ["for_your_browser", "my_folder"]
