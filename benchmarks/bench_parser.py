"""Print how fast plans are parsed (MB/s, UTF-8) and how a hostile text compares with a tidy one, a character.

Run: python benchmarks/bench_parser.py [megabytes]. CPU seconds of one core; compare figures of one run only.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
RECORDED = ROOT / "tests" / "plan_document"
sys.path.insert(0, str(ROOT))

from tracker.plan_document import parse_plan, read_document  # noqa: E402

ITEM = (
    "（{n}）加快重点项目建设。坚持项目为王、招商为要，滚动实施“三个一批”，抢抓政策窗口期，聚焦城市更新、"
    "基础设施、公共事业、社会民生等重点领域，主动对接，争取更多的项目和资金。加快实施省、市重点项目，强化项目"
    "全生命周期服务保障，确保签约项目早开工、开工项目早投产、投产项目早达效，{year}年6月底前完成年度投资任务的"
    "一半以上。（牵头单位：市发展改革委；配合单位：市财政局、市自然资源局，各县（市、区）人民政府；"
    "完成时限：{year}年12月底前）\n"
)
SHORT_ITEM = "{n}．推进项目{n}建设。市财政局牵头，市教育局配合，2024年6月底前完成。\n"
RUN_IN_ITEM = "一是市财政局牵头，6月底前完成；"
OPENING = "一、任务\n（一）推进改革。"  # kept once, the rest is repeated
HOSTILE = {
    "nested brackets": "（" * 40 + "市" + "）" * 40,
    "open brackets only": "（",
    "closing brackets only": "）",
    "half-width open brackets": "(",
    "square and round": "[（",
    "quotes never closed": "“",
    "markers without words": "一、",
    "numbers and points": "1.1.",
    "commas": "，",
    "pipes": "|a",
    "box drawing": "│甲",
    "tags never closed": "<br ",
    "entities": "&nbsp",
    "blanks": " ",
    "labels": "责任单位：",
    "verbs": "牵头配合负责",
    "dates": "2023年6月-",
    "one long line": "市财政局、",
    "brackets in one measure": OPENING + "（" * 40 + "市" + "）" * 40,
    "open brackets in a measure": OPENING + "（",
    "labels in one measure": OPENING + "（责任单位：市财政局）",
    "verbs in one measure": OPENING + "市财政局牵头市审计局配合",
    "dates in one measure": OPENING + "2023年6月底前、",
    "commas and breaks": OPENING + "甲，\n",
    "restarting decimals": "1.1.1 \n1.2.1 \n",
    "one measure a line": "（一）推进。\n",
    "short lines before": "标题行\n",
    "standing rules": OPENING + "以下任务均由市财政局落实，不再列出。",
}


def tidy(size: int) -> str:
    """A plan of about `size` UTF-8 bytes: sections of twenty measures with units and limits."""
    parts = ["2024年全市重点工作实施方案\n\n"]
    written = section = 0
    while written < size:
        section += 1
        parts.append(f"{_chinese(section)}、推进第{section}项工程\n")
        for number in range(1, 21):
            line = ITEM.format(n=_chinese(number), year=2024)
            parts.append(line)
            written += len(line.encode())
    return "".join(parts)


def _chinese(number: int) -> str:
    figures = "零一二三四五六七八九"
    tens, ones = divmod(number % 100, 10)
    return (
        (figures[tens] if tens > 1 else "")
        + ("十" if tens else "")
        + (figures[ones] if ones or not tens else "")
    )


def short_items(size: int) -> str:
    """A plan of about `size` UTF-8 bytes of items of one sentence: the most fields to read for a byte of text."""
    each = len(SHORT_ITEM.format(n=1000).encode())
    return "2024年工作方案\n" + "".join(SHORT_ITEM.format(n=n) for n in range(1, size // each + 1))


def run_in_items(size: int) -> str:
    """A plan of about `size` UTF-8 bytes of items run into one paragraph."""
    return f"2024年工作方案\n{OPENING}" + RUN_IN_ITEM * (size // len(RUN_IN_ITEM.encode()))


def recorded_documents() -> list[str]:
    """The text documents of the tests, in forms that offices publish: most of them short, each with a head and a foot of its own."""
    paths = sorted([*RECORDED.glob("documents/*.txt"), *RECORDED.glob("examples/documents/*.txt")])
    return [read_document(path).text for path in paths]


def seconds(*texts: str) -> float:
    """For parsing all of them one after another: best of two runs."""
    best = float("inf")
    for _ in range(2):
        began = time.process_time()
        for text in texts:
            parse_plan(text)
        best = min(best, time.process_time() - began)
    return best


def main() -> None:
    """Print the figures."""
    size = int(float(sys.argv[1] if len(sys.argv) > 1 else 5) * 1_000_000)
    report = read_document(ROOT / "fixtures" / "plans" / "report-fullwidth.txt").text
    text = tidy(size)
    base = seconds(text)
    each = base / len(text)
    print(f"report: {len(report.encode()) / 1e6 / seconds(report):6.2f} MB/s")
    recorded = recorded_documents()
    length = sum(len(document.encode()) for document in recorded) / 1e6
    took = seconds(*recorded)
    print(
        f"recorded documents of the tests, {len(recorded)} one after another, {length:4.2f} MB: "
        f"{took:6.2f} s {length / took:6.2f} MB/s, {took / len(recorded) * 1000:4.1f} ms each"
    )
    for share in (8, 4, 2, 1):
        part = text[: len(text) // share]
        took = base if share == 1 else seconds(part)
        print(
            f"tidy {len(part.encode()) / 1e6:5.2f} MB: {took:6.2f} s "
            f"{len(part.encode()) / 1e6 / took:6.2f} MB/s"
        )
    for name, made in (("short items", short_items), ("run-in items", run_in_items)):
        small, large = made(size // 2), made(size)
        for part in (small, large):
            took = seconds(part)
            length = len(part.encode()) / 1e6
            print(f"{name:12s} {length:5.2f} MB: {took:6.2f} s {length / took:6.2f} MB/s")
    for name, piece in HOSTILE.items():
        opening = OPENING if piece.startswith(OPENING) else ""
        repeated = piece.removeprefix(opening)
        hostile = opening + repeated * (size // len(repeated.encode()))
        took = seconds(hostile)
        ratio = took / len(hostile) / each
        print(f"hostile {name:26s} {took:6.2f} s  hostile/tidy a character {ratio:5.2f}")


if __name__ == "__main__":
    main()
