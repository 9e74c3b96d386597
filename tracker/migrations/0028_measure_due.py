from django.db import migrations, models


class Migration(migrations.Migration):
    """The list sorted by deadline is read off an index instead of sorting all measures for each page."""

    dependencies = [("tracker", "0027_attachment_names")]

    operations = [
        migrations.AddIndex(
            model_name="measure", index=models.Index(fields=["due_on"], name="measure_due")
        ),
    ]
