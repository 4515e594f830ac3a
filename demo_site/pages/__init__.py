"""The pages that people look at: plain HTML and CSS, no build step."""
