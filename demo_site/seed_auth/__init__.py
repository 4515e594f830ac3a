"""The two seed documents: tokens in bodies, and a refresh token in a cookie. DELIBERATELY WEAK."""
