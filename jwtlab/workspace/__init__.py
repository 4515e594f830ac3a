"""The learner's own folder, `work/`, and JupyterLab in it.

copies        the copies of the course's files: made, kept current, and never taken away
fingerprints  what the course last put where, by which a learner's edits are told from its own text
progress      what a learner has done
jupyter       opens JupyterLab
fallback      what a cell shows on a machine without a browser or Nginx
"""
