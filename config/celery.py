"""The Celery application: the worker and the beat are started from it."""

import os

from celery import Celery

from config.start import refuse_unsafe_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
app = Celery("duban")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_configure.connect
def refuse(sender: Celery, **kwargs: object) -> None:
    """Worker and beat read their settings at this moment, and would show a traceback of a wrong one."""
    refuse_unsafe_start()
