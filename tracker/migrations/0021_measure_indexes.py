"""Counting by section and status needs no row of its own read: one index for both, and none twice."""
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0020_rules_of_notices_at_once'),
    ]

    operations = [
        migrations.AlterField(
            model_name='measure',
            name='lead',
            field=models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_measures', to='tracker.department', verbose_name='牵头单位'),
        ),
        migrations.AlterField(
            model_name='measure',
            name='section',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='tracker.section', verbose_name='部分'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(fields=['section', 'status'], name='measure_section_status'),
        ),
    ]
