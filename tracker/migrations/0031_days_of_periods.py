import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    """On which day of its period a report or a recurring task is due. No row is rewritten on PostgreSQL: null, and a constant
    that the table itself keeps."""

    dependencies = [
        ('tracker', '0030_told_of_each_urging'),
    ]

    operations = [
        migrations.AddField(
            model_name='measure',
            name='cadence_day',
            field=models.PositiveSmallIntegerField(blank=True, help_text='每月几日；每季度、每年为最后一个月的几日；每周为星期几（1–7）。', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='报送日'),
        ),
        migrations.AddField(
            model_name='measure',
            name='recurrence_by',
            field=models.CharField(blank=True, default='', help_text='每一期的具体日子，例如“每月5日前”。', max_length=100, verbose_name='每期时限'),
        ),
    ]
