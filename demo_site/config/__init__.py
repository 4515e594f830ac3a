"""Settings, routes and the WSGI entry point of the demo site."""
