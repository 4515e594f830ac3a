"""One module per face: `seed` and `production`. `base` is what all share, `local` what runs on the reader's machine."""
