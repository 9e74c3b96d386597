"""Says where in the uploaded file a problem stands: by line of a text, by sheet and cell of a workbook."""

import re
from bisect import bisect_right
from itertools import accumulate

from openpyxl.utils import get_column_letter

from tracker.plan_document import Problem, SourceDocument

# What stands in quotes is the document's own word, whatever it looks like.
_LINE = re.compile(r"“[^”]*”|第(?P<line>\d+)行")
_CELL = re.compile(r"(?P<place>工作表“.+?”的[A-Z]{1,3}\d+)(?P<words>是.+)", re.DOTALL)


class Places:
    """The lines and, of a workbook, the cells of a source; offsets count characters of its text, lines from 1."""

    def __init__(self, source: SourceDocument) -> None:
        self._line_starts = [0, *accumulate(len(line) + 1 for line in source.text.split("\n"))]
        self._sheets = {table.table: table for table in source.sheets}
        # A merged cell stands where it begins.
        first: dict[tuple[int, int], tuple[int, int, int]] = {}
        for cell in source.cells if self._sheets else ():
            if cell.end > cell.start:
                first.setdefault((cell.start, cell.end), (cell.table, cell.row, cell.column))
        self._spans = sorted(first)
        self._cells = [first[span] for span in self._spans]

    def offset(self, problem: Problem) -> int:
        """The first character that the problem concerns: of its line, unless it knows better."""
        return self._line_start(problem.line) if problem.start is None else problem.start

    def told(self, problem: Problem) -> tuple[str, str]:
        """The problem's place, and its words without it: (“第7行”, …), (“工作表“民生实事”的F6”, …)."""
        named = _CELL.fullmatch(problem.message)
        if named is not None:
            return named["place"], named["words"]
        line = f"第{problem.line}行"
        words = problem.message.removeprefix(f"{line}的").removeprefix(f"{line}：")
        words = _LINE.sub(lambda found: self._line(int(found["line"])) if found["line"] else found[0], words)
        if problem.start is not None:
            return self._cell(problem.start) or line, words
        return self._line(problem.line), words

    def _line_start(self, line: int) -> int:
        return self._line_starts[min(max(line, 1), len(self._line_starts)) - 1]

    def _at(self, offset: int) -> int:
        """The index of the last cell that begins at or before this character; -1 before the first."""
        return bisect_right(self._spans, (offset, self._line_starts[-1])) - 1

    def _cell(self, offset: int) -> str:
        """The cell that holds this character, "" outside all."""
        at = self._at(offset)
        if at < 0 or offset >= self._spans[at][1]:
            return ""
        number, row, column = self._cells[at]
        table = self._sheets[number]
        return f"工作表“{table.sheet}”的{get_column_letter(table.columns[column])}{table.rows[row]}"

    def _line(self, line: int) -> str:
        """The row of its sheet that this line shows; the line itself where it is no row of a table."""
        start, end = self._line_start(line), self._line_start(line + 1)
        at = self._at(start)
        if at < 0 or start >= self._spans[at][1]:
            at += 1  # no cell runs on into this line: the next one may begin in it
        if at >= len(self._spans) or self._spans[at][0] >= max(end, start + 1):
            return f"第{line}行"
        number, row, _column = self._cells[at]
        table = self._sheets[number]
        return f"工作表“{table.sheet}”第{table.rows[row]}行"
