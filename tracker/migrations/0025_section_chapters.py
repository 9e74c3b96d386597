"""A section below chapters bears their headings, so that (一) of one chapter is told from (一) of the next."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0024_bounce_mail"),
    ]

    operations = [
        migrations.AddField(
            model_name="section",
            name="above",
            field=models.TextField(blank=True, default="", verbose_name="上级标题"),
        ),
    ]
