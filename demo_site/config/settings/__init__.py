"""The faces of the site, a module for each: `seed`, `rotating`, `hardened`, `production`, and `attacker`.

They build on three that run no site: `base` is what all share, `local` what a face on the reader's own
machine adds, and `strict` what `hardened` and `production` have in common.
"""
