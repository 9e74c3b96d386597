"""Small coloured marks that always carry their word, so that nobody has to tell them by colour alone."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from tracker.reports.deadline_words import DeadlineWords
from tracker.rules.lifecycle import STATUS_NAMES, Status
from tracker.rules.light import LIGHT_NAMES, Light


def light_badge(light: str) -> SafeString:
    return format_html('<span class="light light-{}">{}</span>', light, LIGHT_NAMES[Light(light)])


def status_badge(status: str) -> SafeString:
    return format_html('<span class="status status-{}">{}</span>', status, STATUS_NAMES[Status(status)])


def progress_bar(percent: int) -> SafeString:
    return format_html(
        '<span class="progress"><progress max="100" value="{0}">{0}%</progress><span>{0}%</span></span>',
        percent,
    )


def deadline_badge(words: DeadlineWords) -> SafeString:
    """What is left or late; “暂估” when the calendar behind it is not announced yet."""
    kind = "late" if words.overdue else "near" if words.near else "calm"
    text = (
        format_html('<span class="deadline deadline-{}">{}</span>', kind, words.words) if words.words else ""
    )
    if not words.provisional:
        return SafeString(text)
    title = "该年度放假安排尚未公布或录入，工作日暂按周一至周五（扣除法定节假日及补假）计算。"
    return format_html('{} <span class="provisional" title="{}">暂估</span>', text, title)
