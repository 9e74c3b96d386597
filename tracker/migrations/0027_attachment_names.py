from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """The same bytes under two names are two files that wait: none takes the other's name."""

    dependencies = [("tracker", "0026_one_unread_notice_a_matter")]

    operations = [
        migrations.RemoveConstraint(model_name="attachment", name="attachment_waiting_once"),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.UniqueConstraint(
                fields=["measure", "department", "sha256", "name"],
                condition=Q(report__isnull=True),
                name="attachment_waiting_once",
            ),
        ),
    ]
