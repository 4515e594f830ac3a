"""One module per face: `seed`, `production`.

`base` is what all of them share, `local` what a face on the reader's own machine adds.
"""
