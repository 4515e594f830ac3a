"""The attacker's site: another origin, which keeps what is sent to it and starts requests to the demo site.

A TEACHING TOOL. It answers this machine only and aims at this machine only, and all it holds is the loot of
one's own experiments.
"""
