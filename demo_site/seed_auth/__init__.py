"""The design of the seed document: tokens in the response body, SimpleJWT's views as they come. DELIBERATELY WEAK."""
