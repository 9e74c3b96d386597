"""The first tables of the product."""

import django.contrib.auth.models
import django.contrib.auth.validators
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import tracker.rules.lifecycle
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(unique=True, verbose_name='日期')),
                ('is_workday', models.BooleanField(default=False, verbose_name='上班')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='说明')),
            ],
            options={
                'verbose_name': '工作日历调整',
                'verbose_name_plural': '工作日历调整',
                'ordering': ['day'],
            },
        ),
        migrations.CreateModel(
            name='Plan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='名称')),
                ('starts_on', models.DateField(help_text='相对时限（如“+30天”）从这一天起算。', verbose_name='起算日期')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='建立时间')),
            ],
            options={
                'verbose_name': '方案',
                'verbose_name_plural': '方案',
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='姓名')),
                ('role', models.CharField(choices=[('office', '督查室'), ('liaison', '部门联络员'), ('head', '部门负责人'), ('leader', '分管领导'), ('none', '无业务角色')], default='none', max_length=10, verbose_name='角色')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='电话')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('digest', models.CharField(max_length=128, primary_key=True, serialize=False)),
                ('token_key', models.CharField(db_index=True, max_length=25)),
                ('created', models.DateTimeField(auto_now_add=True)),
                ('expiry', models.DateTimeField(blank=True, null=True)),
                ('name', models.CharField(max_length=60, verbose_name='用途')),
                ('scope', models.CharField(choices=[('read', '只读'), ('write', '读写')], default='read', max_length=5, verbose_name='权限')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='auth_token_set', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '接口令牌',
                'verbose_name_plural': '接口令牌',
                'ordering': ['-created'],
            },
        ),
        migrations.CreateModel(
            name='Department',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, unique=True, verbose_name='名称')),
                ('code', models.SlugField(help_text='英文小写短名，接口和导出使用。', max_length=40, unique=True, verbose_name='代码')),
                ('kind', models.CharField(choices=[('department', '政府部门'), ('party_organ', '党委机构'), ('institution', '事业单位'), ('enterprise', '企业'), ('local_government', '县市区政府'), ('group', '一类单位')], default='department', max_length=20, verbose_name='类型')),
                ('duties', models.JSONField(blank=True, default=list, help_text='用于推荐牵头单位。', verbose_name='职责关键词')),
                ('mailbox', models.EmailField(blank=True, max_length=254, verbose_name='单位邮箱')),
                ('active', models.BooleanField(default=True, verbose_name='在用')),
                ('leader_in_charge', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='departments_in_charge', to=settings.AUTH_USER_MODEL, verbose_name='分管领导')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='tracker.department', verbose_name='上级单位')),
            ],
            options={
                'verbose_name': '单位',
                'verbose_name_plural': '单位',
                'ordering': ['name'],
            },
        ),
        migrations.AddField(
            model_name='user',
            name='department',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='tracker.department', verbose_name='所在单位'),
        ),
        migrations.CreateModel(
            name='DepartmentAlias',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='别名')),
                ('key', models.CharField(editable=False, max_length=80, unique=True)),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='aliases', to='tracker.department', verbose_name='单位')),
            ],
            options={
                'verbose_name': '单位别名',
                'verbose_name_plural': '单位别名',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='Measure',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, verbose_name='编号')),
                ('position', models.PositiveIntegerField(verbose_name='顺序')),
                ('marker', models.CharField(blank=True, max_length=20, verbose_name='原编号')),
                ('title', models.CharField(max_length=300, verbose_name='措施')),
                ('text', models.TextField(verbose_name='具体要求')),
                ('printed_title', models.CharField(editable=False, max_length=300, verbose_name='原文标题')),
                ('printed_hash', models.CharField(db_index=True, editable=False, max_length=64)),
                ('span_start', models.PositiveIntegerField(verbose_name='原文起点')),
                ('span_end', models.PositiveIntegerField(verbose_name='原文终点')),
                ('in_text', models.BooleanField(default=True, verbose_name='仍在现行文本中')),
                ('imported_assignment', models.JSONField(blank=True, default=dict, editable=False, verbose_name='导入的责任分解')),
                ('importance', models.CharField(choices=[('ordinary', '一般'), ('major', '重大')], default='ordinary', max_length=10, verbose_name='重要程度')),
                ('cadence', models.CharField(choices=[('none', '无'), ('weekly', '每周'), ('monthly', '每月'), ('quarterly', '每季度'), ('yearly', '每年')], default='none', max_length=10, verbose_name='报送周期')),
                ('recurrence', models.CharField(choices=[('none', '无'), ('weekly', '每周'), ('monthly', '每月'), ('quarterly', '每季度'), ('yearly', '每年')], default='none', help_text='例如“每年筛选十大项目”。', max_length=10, verbose_name='周期性任务')),
                ('recurrence_target', models.PositiveIntegerField(blank=True, null=True, verbose_name='每期目标数')),
                ('recurrence_unit', models.CharField(blank=True, max_length=10, verbose_name='目标单位')),
                ('remark', models.CharField(blank=True, max_length=500, verbose_name='备注')),
                ('starts_on', models.DateField(blank=True, null=True, verbose_name='开始日期')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='完成时限')),
                ('original_due_on', models.DateField(blank=True, editable=False, null=True, verbose_name='原定时限')),
                ('standing', models.BooleanField(default=False, help_text='没有完成时限。', verbose_name='长期坚持')),
                ('status', models.CharField(choices=[('draft', '拟办'), ('assigned', '待签收'), ('in_progress', '办理中'), ('closing', '待审核'), ('closed', '已办结'), ('suspended', '暂缓'), ('cancelled', '撤销')], default=tracker.rules.lifecycle.Status['DRAFT'], max_length=12, verbose_name='状态')),
                ('percent', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='进度（%）')),
                ('grade', models.CharField(blank=True, choices=[('excellent', '优秀'), ('good', '良好'), ('pass', '合格'), ('fail', '不合格')], max_length=10, verbose_name='办结等次')),
                ('assigned_at', models.DateTimeField(blank=True, null=True, verbose_name='交办时间')),
                ('acknowledged_at', models.DateTimeField(blank=True, null=True, verbose_name='签收时间')),
                ('applied_on', models.DateField(blank=True, null=True, verbose_name='申请办结日期')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='办结日期')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='版次')),
                ('updated_at', models.DateTimeField(verbose_name='更新时间')),
                ('co_departments', models.ManyToManyField(blank=True, related_name='assisted_measures', to='tracker.department', verbose_name='配合单位')),
                ('lead', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='led_measures', to='tracker.department', verbose_name='牵头单位')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='tracker.plan', verbose_name='方案')),
            ],
            options={
                'verbose_name': '事项',
                'verbose_name_plural': '事项',
                'ordering': ['plan', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Indicator',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100, verbose_name='指标')),
                ('unit', models.CharField(blank=True, max_length=20, verbose_name='单位')),
                ('comparison', models.CharField(choices=[('ge', '不低于'), ('le', '不高于')], default='ge', max_length=2, verbose_name='要求')),
                ('baseline', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='基数')),
                ('target', models.DecimalField(decimal_places=2, max_digits=14, verbose_name='目标')),
                ('current', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, verbose_name='当前')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='indicators', to='tracker.measure', verbose_name='事项')),
            ],
            options={
                'verbose_name': '指标',
                'verbose_name_plural': '指标',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='MeasureEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='版次')),
                ('verb', models.CharField(choices=[('register', '立项'), ('edit', '修改'), ('reword', '更新原文'), ('assign', '交办'), ('acknowledge', '签收'), ('report', '报告进展'), ('apply_to_close', '申请办结'), ('return', '退回'), ('close', '办结销号'), ('suspend', '暂缓'), ('resume', '恢复办理'), ('cancel', '撤销'), ('reopen', '重新启动')], max_length=20, verbose_name='步骤')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('from_status', models.CharField(choices=[('draft', '拟办'), ('assigned', '待签收'), ('in_progress', '办理中'), ('closing', '待审核'), ('closed', '已办结'), ('suspended', '暂缓'), ('cancelled', '撤销')], max_length=12, verbose_name='原状态')),
                ('to_status', models.CharField(choices=[('draft', '拟办'), ('assigned', '待签收'), ('in_progress', '办理中'), ('closing', '待审核'), ('closed', '已办结'), ('suspended', '暂缓'), ('cancelled', '撤销')], max_length=12, verbose_name='新状态')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
                ('changes', models.JSONField(blank=True, default=dict, verbose_name='变动')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('department', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.department', verbose_name='代表单位')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tracker.measure', verbose_name='事项')),
            ],
            options={
                'verbose_name': '办理轨迹',
                'verbose_name_plural': '办理轨迹',
                'ordering': ['measure_id', 'version'],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_on', models.DateField(verbose_name='时限')),
                ('text', models.CharField(blank=True, max_length=300, verbose_name='内容')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='完成日期')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='tracker.measure', verbose_name='事项')),
            ],
            options={
                'verbose_name': '节点',
                'verbose_name_plural': '节点',
                'ordering': ['due_on', 'id'],
            },
        ),
        migrations.CreateModel(
            name='PlanDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='版本')),
                ('name', models.CharField(max_length=255, verbose_name='文件名')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('encoding', models.CharField(blank=True, max_length=20, verbose_name='编码')),
                ('text', models.TextField(verbose_name='全文')),
                ('imported_at', models.DateTimeField(verbose_name='导入时间')),
                ('imported_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL, verbose_name='导入人')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='tracker.plan', verbose_name='方案')),
            ],
            options={
                'verbose_name': '方案原文',
                'verbose_name_plural': '方案原文',
                'ordering': ['plan', '-version'],
            },
        ),
        migrations.AddField(
            model_name='measure',
            name='document',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='tracker.plandocument', verbose_name='原文'),
        ),
        migrations.CreateModel(
            name='ProgressReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reported_at', models.DateTimeField(verbose_name='报送时间')),
                ('percent', models.PositiveSmallIntegerField(verbose_name='进度（%）')),
                ('progress', models.TextField(verbose_name='进展情况')),
                ('problems', models.TextField(blank=True, verbose_name='存在问题')),
                ('next_steps', models.TextField(blank=True, verbose_name='下一步措施')),
                ('lowering_reason', models.CharField(blank=True, max_length=500, verbose_name='进度下调原因')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracker.department', verbose_name='报送单位')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='tracker.measure', verbose_name='事项')),
                ('reported_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='报送人')),
            ],
            options={
                'verbose_name': '进展报告',
                'verbose_name_plural': '进展报告',
                'ordering': ['-reported_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('due_soon', '即将到期'), ('overdue', '已逾期')], max_length=20, verbose_name='类别')),
                ('occurrence', models.PositiveIntegerField(verbose_name='第几次')),
                ('due_on', models.DateField(verbose_name='完成时限')),
                ('recipient', models.EmailField(blank=True, max_length=254, verbose_name='收件人')),
                ('party', models.CharField(choices=[('lead', '牵头单位'), ('co', '配合单位'), ('leader', '分管领导')], default='lead', max_length=10, verbose_name='收件身份')),
                ('planned_on', models.DateField(verbose_name='计划日期')),
                ('state', models.CharField(choices=[('planned', '待发送'), ('claimed', '发送中'), ('sent', '已发送'), ('retry', '待重试'), ('failed', '失败'), ('dropped', '已取消')], default='planned', max_length=10, verbose_name='发送状态')),
                ('not_before', models.DateTimeField(verbose_name='最早发送时间')),
                ('claim', models.UUIDField(blank=True, editable=False, null=True, verbose_name='认领')),
                ('claimed_at', models.DateTimeField(blank=True, null=True, verbose_name='认领时间')),
                ('batch', models.UUIDField(blank=True, editable=False, null=True, verbose_name='批次')),
                ('message_id', models.CharField(blank=True, max_length=320, verbose_name='Message-ID')),
                ('attempts', models.PositiveIntegerField(default=0, verbose_name='尝试次数')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='发送时间')),
                ('error', models.TextField(blank=True, verbose_name='错误')),
                ('department', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='tracker.department', verbose_name='单位')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='tracker.measure', verbose_name='事项')),
            ],
            options={
                'verbose_name': '催办提醒',
                'verbose_name_plural': '催办提醒',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Section',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='序号')),
                ('marker', models.CharField(blank=True, max_length=20, verbose_name='原编号')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('intro', models.TextField(blank=True, verbose_name='导语')),
                ('in_text', models.BooleanField(default=True, verbose_name='仍在现行文本中')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sections', to='tracker.plan', verbose_name='方案')),
            ],
            options={
                'verbose_name': '部分',
                'verbose_name_plural': '部分',
                'ordering': ['plan', 'number'],
            },
        ),
        migrations.AddField(
            model_name='measure',
            name='section',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='measures', to='tracker.section', verbose_name='部分'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['liaison', 'head']), _negated=True), ('department__isnull', False), _connector='OR'), name='user_of_department_has_one', violation_error_message='部门联络员和部门负责人必须选择所在单位。'),
        ),
        migrations.AddConstraint(
            model_name='measureevent',
            constraint=models.UniqueConstraint(fields=('measure', 'version'), name='event_version_of_measure'),
        ),
        migrations.AddIndex(
            model_name='plandocument',
            index=models.Index(fields=['sha256'], name='plan_document_sha256'),
        ),
        migrations.AddConstraint(
            model_name='plandocument',
            constraint=models.UniqueConstraint(fields=('plan', 'version'), name='plan_document_version'),
        ),
        migrations.AddConstraint(
            model_name='progressreport',
            constraint=models.CheckConstraint(condition=models.Q(('percent__lte', 100)), name='report_percent_range'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state__in', ['planned', 'retry'])), fields=['recipient', 'not_before'], name='reminder_waiting'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state', 'claimed')), fields=['claimed_at'], name='reminder_claimed'),
        ),
        migrations.AddIndex(
            model_name='reminder',
            index=models.Index(condition=models.Q(('state', 'claimed')), fields=['claim'], name='reminder_claim'),
        ),
        migrations.AddConstraint(
            model_name='reminder',
            constraint=models.UniqueConstraint(fields=('measure', 'kind', 'occurrence', 'recipient', 'due_on'), name='reminder_once'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.UniqueConstraint(condition=models.Q(('in_text', True)), fields=('plan', 'number'), name='section_number_in_plan'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(condition=models.Q(('status__in', [tracker.rules.lifecycle.Status['ASSIGNED'], tracker.rules.lifecycle.Status['IN_PROGRESS']])), fields=['due_on', 'id'], name='measure_owed_due'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(fields=['lead', 'status', 'due_on'], name='measure_lead_status'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(fields=['plan', 'position', 'id'], name='measure_order'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('percent__lte', 100)), name='measure_percent_range'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('span_start__lte', models.F('span_end'))), name='measure_span_order'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', [tracker.rules.lifecycle.Status['DRAFT'], tracker.rules.lifecycle.Status['CANCELLED']]), ('lead__isnull', False), _connector='OR'), name='measure_assigned_has_lead'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', [tracker.rules.lifecycle.Status['DRAFT'], tracker.rules.lifecycle.Status['CANCELLED']]), models.Q(('due_on__isnull', True), ('standing', True)), models.Q(('due_on__isnull', False), ('standing', False)), _connector='OR'), name='measure_assigned_has_deadline_or_stands'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('starts_on__isnull', True), ('due_on__isnull', True), ('due_on__gte', models.F('starts_on')), _connector='OR'), name='measure_due_after_start'),
        ),
    ]
