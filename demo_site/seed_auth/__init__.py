"""The design of the seed document: tokens in the body, SimpleJWT's views as they come. DELIBERATELY WEAK."""
