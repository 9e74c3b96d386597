"""Project configuration: settings, URLs, Celery and the WSGI entry point."""
