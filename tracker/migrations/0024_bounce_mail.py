"""How far the mailbox that mails come back to was read, and the index that finds the notices of a mail by its Message-ID."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tracker", "0023_stage_order_and_published_measures"),
    ]

    operations = [
        migrations.CreateModel(
            name="BounceMailbox",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("mailbox", models.CharField(max_length=64)),
                ("validity", models.CharField(blank=True, max_length=40)),
                ("last_uid", models.BigIntegerField(default=0)),
                ("looked_at", models.JSONField(default=list)),
                ("read_at", models.DateTimeField(null=True)),
                ("failed_since", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "verbose_name": "退信邮箱",
                "verbose_name_plural": "退信邮箱",
            },
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(
                condition=models.Q(("state", "sent")), fields=["message_id"], name="reminder_message"
            ),
        ),
    ]
