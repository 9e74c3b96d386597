"""Of the unread notices of one matter in an inbox only the latest is shown; the others stay on record as replaced."""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q, Window
from django.db.models.functions import Now, RowNumber

# What a reader takes for one matter, whatever the kind of notice.
AFFAIRS = [
    ("due_soon", "due_today", "overdue"),
    ("checkpoint_near", "ack_overdue", "first_report_overdue"),
    ("period_report_due", "period_report_overdue"),
    ("milestone_near", "milestone_overdue"),
    ("behind_yellow",),
    ("behind_red",),
    ("returned",),
    ("extension_waiting",),
    ("closing_waiting",),
    ("urged",),
    ("assigned",),
    ("deadline_moved",),
]


def replace_older(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("tracker", "InboxNotice").objects
    for kinds in AFFAIRS:
        unread = notices.filter(kind__in=kinds, read_at__isnull=True, withdrawn_at__isnull=True).order_by()
        ranked = unread.annotate(
            place=Window(
                RowNumber(),
                partition_by=[F("user_id"), F("measure_id"), F("anchor")],
                order_by=[F("step_on").desc(), F("level").desc(), F("id").desc()],
            )
        )
        older = ranked.filter(place__gt=1).values("pk")
        notices.filter(pk__in=older).update(replaced_at=Now())


def show_again(apps: Any, schema_editor: Any) -> None:
    """Without the column all of them are unread again, as they were."""


class Migration(migrations.Migration):
    dependencies = [("tracker", "0025_section_chapters")]

    operations = [
        migrations.RemoveIndex(model_name="inboxnotice", name="inbox_unread"),
        migrations.AddField(
            model_name="inboxnotice",
            name="replaced_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(replace_older, show_again),
        migrations.AddIndex(
            model_name="inboxnotice",
            index=models.Index(
                condition=Q(read_at__isnull=True, withdrawn_at__isnull=True, replaced_at__isnull=True),
                fields=["user"],
                name="inbox_unread",
            ),
        ),
    ]
