"""Addresses of the admin's pages that several tests ask for."""

from django.urls import reverse

LIST = "/admin/tracker/measure/"


def page_of(measure, verb=None):
    """The measure's page, or the form of one of its steps."""
    if verb is None:
        return reverse("admin:tracker_measure_change", args=[measure.pk])
    return reverse("admin:tracker_measure_step", args=[measure.pk, verb])
