"""The lab world: a folder that fixes time and token ids, so that a lesson prints the same everywhere.

Installed only when the environment names the folder in `LAB_WORLD` (see `config.settings.local`);
`production` refuses to start with it. The folder holds:

nonce       hex text that every response carries, by which a client knows this site from another one
clock       the instant that is this site's time; without it, real time and random token ids
token_ids   one byte for each token id given out so far
requests    one byte for each request answered so far
db.sqlite3  the site's database
"""
