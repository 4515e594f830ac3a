"""Showing what a token is made of, without a key and without verifying it.

anatomy    `show_token`: the token as text and as HTML
compact    the three parts, taken apart; what is wrong with a token that has none
claims     what each claim means, and where that is written
times      instants and spans in words
"""

from jwtlab.token.anatomy import Anatomy, TokenError, show_token

__all__ = ["Anatomy", "TokenError", "show_token"]
