"""A shop behind HTTP, in FastAPI and in Flask: see docs/how-to/in-a-web-application.md."""
