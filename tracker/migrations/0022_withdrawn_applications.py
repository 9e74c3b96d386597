"""An application that the office itself stopped (暂缓, 撤销) has a word of its own, since nobody returned it."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0021_measure_indexes'),
    ]

    operations = [
        migrations.AlterField(
            model_name='progressreport',
            name='state',
            field=models.CharField(choices=[('draft', '草稿'), ('submitted', '已报送'), ('accepted', '已采纳'), ('returned', '已退回'), ('withdrawn', '已撤回')], default='submitted', max_length=10, verbose_name='状态'),
        ),
    ]
