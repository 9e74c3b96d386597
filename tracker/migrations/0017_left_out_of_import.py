"""What people left out when they imported a document, kept with it so that the next import leaves it out again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tracker", "0016_measures_by_hand")]
    operations = [
        migrations.AddField(
            "plandocument",
            "left_out",
            models.JSONField(blank=True, default=list, editable=False, verbose_name="不导入的条目"),
        ),
    ]
