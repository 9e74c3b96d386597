"""What a lead is told at once stands with the measure: that it was handed it, that its deadline was moved."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracker', '0018_returned_parts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='reminderrule',
            name='rule_late_is_not_mutable',
        ),
        migrations.AddField(
            model_name='measure',
            name='handed_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='交办日期'),
        ),
        migrations.AddField(
            model_name='measure',
            name='handed_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='measure',
            name='moved_on',
            field=models.DateField(blank=True, editable=False, null=True, verbose_name='时限调整日期'),
        ),
        migrations.AddField(
            model_name='measure',
            name='moved_version',
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name='inboxnotice',
            name='kind',
            field=models.CharField(choices=[('overdue', '已逾期'), ('first_report_overdue', '首次反馈已超期'), ('ack_overdue', '超期未签收'), ('urged', '督查室催办'), ('milestone_overdue', '阶段目标已逾期'), ('period_report_overdue', '定期报告已超期'), ('returned', '退回未重报'), ('behind_red', '进度严重滞后（红灯）'), ('due_today', '今日到期'), ('assigned', '新交办'), ('deadline_moved', '时限已调整'), ('due_soon', '即将到期'), ('checkpoint_near', '督办节点临近'), ('milestone_near', '阶段目标临近'), ('period_report_due', '定期报告待报送'), ('behind_yellow', '进度滞后（黄灯）'), ('extension_waiting', '延期申请待审批'), ('closing_waiting', '办结申请待审核')], max_length=24, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='reminder',
            name='kind',
            field=models.CharField(choices=[('overdue', '已逾期'), ('first_report_overdue', '首次反馈已超期'), ('ack_overdue', '超期未签收'), ('urged', '督查室催办'), ('milestone_overdue', '阶段目标已逾期'), ('period_report_overdue', '定期报告已超期'), ('returned', '退回未重报'), ('behind_red', '进度严重滞后（红灯）'), ('due_today', '今日到期'), ('assigned', '新交办'), ('deadline_moved', '时限已调整'), ('due_soon', '即将到期'), ('checkpoint_near', '督办节点临近'), ('milestone_near', '阶段目标临近'), ('period_report_due', '定期报告待报送'), ('behind_yellow', '进度滞后（黄灯）'), ('extension_waiting', '延期申请待审批'), ('closing_waiting', '办结申请待审核')], max_length=24, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='reminderrule',
            name='kind',
            field=models.CharField(choices=[('overdue', '已逾期'), ('first_report_overdue', '首次反馈已超期'), ('ack_overdue', '超期未签收'), ('urged', '督查室催办'), ('milestone_overdue', '阶段目标已逾期'), ('period_report_overdue', '定期报告已超期'), ('returned', '退回未重报'), ('behind_red', '进度严重滞后（红灯）'), ('due_today', '今日到期'), ('assigned', '新交办'), ('deadline_moved', '时限已调整'), ('due_soon', '即将到期'), ('checkpoint_near', '督办节点临近'), ('milestone_near', '阶段目标临近'), ('period_report_due', '定期报告待报送'), ('behind_yellow', '进度滞后（黄灯）'), ('extension_waiting', '延期申请待审批'), ('closing_waiting', '办结申请待审核')], max_length=24, verbose_name='提醒事由'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(condition=models.Q(('handed_on__isnull', False), ('status__in', ['assigned', 'in_progress'])), fields=['handed_on'], name='measure_handed'),
        ),
        migrations.AddIndex(
            model_name='measure',
            index=models.Index(condition=models.Q(('moved_on__isnull', False), ('status__in', ['assigned', 'closing', 'in_progress'])), fields=['moved_on'], name='measure_moved'),
        ),
        migrations.AddConstraint(
            model_name='reminderrule',
            constraint=models.CheckConstraint(condition=models.Q(('mutable', False), models.Q(('kind__in', ['ack_overdue', 'assigned', 'behind_red', 'deadline_moved', 'first_report_overdue', 'milestone_overdue', 'overdue', 'period_report_overdue', 'returned', 'urged']), _negated=True), _connector='OR'), name='rule_late_is_not_mutable', violation_error_message='交办、时限调整、逾期、催办和红灯类提醒不能退订。'),
        ),
    ]
