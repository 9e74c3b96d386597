"""The Celery application: the worker and the beat are started from it."""

import os
from pathlib import Path

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


@app.on_after_configure.connect
def make_queue_folders(sender: Celery, **kwargs: object) -> None:
    """The file transport puts messages into folders that it does not make itself."""
    options = sender.conf.broker_transport_options
    for name in ("data_folder_in", "data_folder_out", "control_folder"):
        if name in options:
            Path(options[name]).mkdir(mode=0o700, parents=True, exist_ok=True)
