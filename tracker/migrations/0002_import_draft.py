"""The import desk's drafts."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportDraft',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('plan', '方案'), ('ledger', '台账')], default='plan', max_length=10, verbose_name='类别')),
                ('document_name', models.CharField(max_length=255, verbose_name='文件名')),
                ('document', models.BinaryField(verbose_name='文件')),
                ('sheet_name', models.CharField(blank=True, max_length=255, verbose_name='责任分解表')),
                ('sheet', models.BinaryField(null=True, verbose_name='责任分解表内容')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='方案名称')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='起算日期')),
                ('year', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='年份')),
                ('part', models.CharField(blank=True, max_length=100, verbose_name='任务部分')),
                ('as_new', models.BooleanField(default=False, verbose_name='作为新方案导入')),
                ('decisions', models.JSONField(blank=True, default=dict, verbose_name='确认的内容')),
                ('version', models.PositiveIntegerField(default=1, editable=False)),
                ('made_at', models.DateTimeField(verbose_name='上传时间')),
                ('imported_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('imported_into', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tracker.plan', verbose_name='已导入')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
                ('plan', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tracker.plan', verbose_name='作为新版本导入到')),
            ],
            options={
                'verbose_name': '待导入文件',
                'verbose_name_plural': '待导入文件',
                'ordering': ['-id'],
            },
        ),
    ]
