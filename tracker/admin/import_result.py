"""What is said after an import: how much was written, and which measures still lack a unit that their text names."""

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from tracker.importing.apply import ImportResult
from tracker.importing.proposal import CHANGE_NAMES, LEAVES_TEXT, Change

# Messages are kept in the session until they are shown; the plan's page lists all that lack a lead.
MOST_NAMED = 20


def tell_result(request: HttpRequest, result: ImportResult) -> None:
    """Puts it on the next page that the person sees."""
    if not result.changed:
        messages.info(request, f"《{result.plan}》没有变化，未写入任何内容。")
    else:
        messages.success(
            request,
            f"已导入《{result.plan}》{_counts(result)}。",
        )
    if result.left_out:
        named = "；".join(f"{number} {title}" for number, title in result.left_out[:MOST_NAMED])
        rest = "等" if len(result.left_out) > MOST_NAMED else ""
        messages.info(
            request,
            f"按您的决定，有{len(result.left_out)}条没有导入：{named}{rest}。再次导入时仍不导入，可在导入台取消。",
        )
    if result.unresolved:
        _tell_unresolved(request, result)


def _counts(result: ImportResult) -> str:
    """What happened, without what did not; new words alone (a name, a limit) are no number."""
    counts = (
        ("新增", result.added),
        ("改写", result.reworded),
        ("调整编号", result.moved),
        ("恢复", result.restored),
        (CHANGE_NAMES[Change.REMOVED], result.removed),
        (LEAVES_TEXT, result.left_text),
    )
    named = "、".join(f"{what}{count}项" for what, count in counts if count)
    return f"：{named}" if named else "，事项的文字和编号没有变化"


def _tell_unresolved(request: HttpRequest, result: ImportResult) -> None:
    named = result.unresolved[:MOST_NAMED]
    keys = dict(
        result.plan.measures.filter(in_text=True, number__in=[item.number for item in named]).values_list(
            "number", "pk"
        )
    )
    links = format_html_join(
        "；",
        '<a class="link" href="{}">{} {}</a>（{}）',
        (
            (
                reverse("admin:tracker_measure_change", args=[keys[item.number]]),
                item.number,
                item.title,
                "、".join(item.names),
            )
            for item in named
            if item.number in keys
        ),
    )
    leaderless = sum(item.leaderless for item in result.unresolved)
    messages.warning(
        request,
        format_html(
            "有{}项的原文单位不在单位名录中，已导入但没有这些单位{}：{}{}。{}",
            len(result.unresolved),
            f"，其中{leaderless}项没有牵头单位" if leaderless else "",
            links,
            f" 等{len(result.unresolved)}项" if len(result.unresolved) > len(named) else "",
            "请在事项页补上，或先补齐单位名录再导入同一文件。",
        ),
    )
