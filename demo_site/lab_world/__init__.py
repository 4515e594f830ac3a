"""The lab world: one folder that fixes this site's time, token ids and name, so that a lesson prints the same everywhere.

Installed only when the environment names the folder in `LAB_WORLD` (see `config.settings.local`); `production`
refuses to start with it. The folder holds `nonce`, `clock`, `token_ids` and the site's database.
"""
