"""Why a workbook holds no tasks, in words that help whoever made it: a header is missing, or the rows below it are."""

from collections import defaultdict

from tracker.plan_document import SourceDocument
from tracker.plan_document.table_header import header_role

# The parser's code for a document in which nothing looks like tasks.
NO_ACTION_PART = "no_action_part"
# A header is looked for in the first rows of a sheet, and told by so many known words.
_FIRST_ROWS, _TELLING = 5, 2
_EXAMPLE = "例如：序号、任务、牵头单位、完成时限"


def why_no_tasks(source: SourceDocument) -> list[str]:
    """One Chinese sentence a sheet that has no header or nothing below it; empty for what is no workbook, and where each
    sheet has both, so that something else is the matter."""
    rows: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell in source.cells if source.sheets else ():
        words = "".join(source.text[cell.start : cell.end].split())
        if words:
            rows[cell.table][cell.row].append(words)
    reasons = []
    for table in source.sheets:
        filled = [words for _row, words in sorted(rows[table.table].items())]
        header = next((at for at, words in enumerate(filled[:_FIRST_ROWS]) if _is_header(words)), None)
        if not filled:
            continue
        if header is None:
            reasons.append(
                f"工作表“{table.sheet}”没有认出表头，不知道哪一列是任务；请在任务上方写一行列名（{_EXAMPLE}）后重新上传。"
            )
        elif header == len(filled) - 1:
            reasons.append(
                f"工作表“{table.sheet}”第{table.rows[_row_of(rows[table.table], header)]}行是表头，下面没有任务行；"
                "请填好任务后重新上传。"
            )
    return reasons


def _row_of(rows: dict[int, list[str]], at: int) -> int:
    return sorted(rows)[at]


def _is_header(words: list[str]) -> bool:
    return sum(header_role(word) is not None for word in words) >= min(_TELLING, len(words))
