"""A process killed in the middle of an import, and imports that begin together: all or nothing, and everything once."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier

import pytest
from django.db import close_old_connections, connection, connections
from openpyxl import load_workbook

from tests.importing.ledgers import LETTERS
from tests.importing.support import run_import
from tests.importing.test_report import everything
from tests.makers import NOW, make_department, make_user
from tracker.importing import desk
from tracker.models import ImportDraft, Measure, Plan, PlanDocument
from tracker.reports.ledger import for_ledger, write_ledger

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = (
    "重点任务\n一、城建\n（一）修路。市财政局牵头，2031年底前完成。\n（二）架桥。市财政局牵头，2031年底前完成。\n"
    "（三）植树。市财政局牵头，长期坚持。\n"
)
MORE = TEXT + "（四）通水。市财政局牵头，2031年底前完成。\n"


@pytest.fixture
def clerk():
    make_department("市财政局")
    return make_user("office")


def opened(clerk, text=TEXT, **options):
    return desk.open_draft(actor=clerk, now=NOW, document=desk.Upload("任务.txt", text.encode()), **options)


def killed_at(stage, done, work):
    """Runs `work(progress)` in a process of its own, which gets SIGKILL as soon as its progress has come so far."""

    def progress(now_at, so_far, _total):
        if (now_at, so_far) == (stage, done):
            os.kill(os.getpid(), signal.SIGKILL)

    # A connection must not be shared with a process that dies, nor may one wait in a pool.
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()
    child = os.fork()
    if child == 0:
        try:
            work(progress)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.parametrize("stage", [desk.READING, desk.COMPARING])
def test_killed_while_reading_an_upload_nothing_is_on_the_desk(clerk, stage):
    before = everything()
    killed_at(stage, 0, lambda progress: opened(clerk, progress=progress))
    assert everything() == before
    assert opened(clerk).pk


@pytest.mark.parametrize(
    ("stage", "done"),
    [(desk.READING, 0), (desk.COMPARING, 0), (desk.WRITING, 1), (desk.WRITING, 3)],
)
def test_killed_while_confirming_nothing_is_written_and_the_draft_can_be_confirmed(clerk, stage, done):
    draft = opened(clerk)
    draft = desk.decide(
        draft, actor=clerk, decisions={"1.2": {"title": "架设大桥"}}, expected_version=draft.version
    )
    before = everything()

    def confirm(progress=lambda *_: None):
        return desk.confirm(draft, actor=clerk, now=NOW, expected_version=draft.version, progress=progress)

    killed_at(stage, done, confirm)
    assert everything() == before
    assert confirm().added == 3
    assert list(Measure.objects.order_by("position").values_list("title", flat=True)) == [
        "修路",
        "架设大桥",
        "植树",
    ]


def test_killed_while_writing_a_second_version_the_first_stays_whole(clerk):
    run_import(TEXT)
    draft = opened(clerk, MORE.replace("修路", "修两条路"))
    before = everything()

    def confirm(progress=lambda *_: None):
        return desk.confirm(draft, actor=clerk, now=NOW, expected_version=1, progress=progress)

    killed_at(desk.WRITING, 2, confirm)
    assert everything() == before
    result = confirm()
    assert (result.added, result.reworded) == (1, 1)


def test_killed_while_writing_a_ledger_no_cell_is_written(clerk):
    run_import(TEXT)
    workbook = load_workbook(BytesIO(write_ledger(for_ledger(Measure.objects.all()))))
    for row in (2, 3, 4):
        workbook.active[f"{LETTERS['备注']}{row}"] = f"盯紧第{row}行"
    data = BytesIO()
    workbook.save(data)
    draft = desk.open_ledger(actor=clerk, now=NOW, document=desk.Upload("台账.xlsx", data.getvalue()))
    before = everything()

    def confirm(progress=lambda *_: None):
        return desk.confirm_ledger(draft, actor=clerk, now=NOW, progress=progress)

    killed_at(desk.WRITING, 2, confirm)
    assert everything() == before
    assert len(confirm()) == 3


def both(works):
    """What each of them gave or raised, begun at the same moment in threads of their own."""
    start = Barrier(len(works))

    def run(work):
        start.wait(timeout=60)
        try:
            return work()
        except Exception as error:
            return error
        finally:
            close_old_connections()
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def test_two_clerks_confirm_one_upload_at_once_and_it_is_written_once(clerk):
    draft = opened(clerk)
    other = make_user("office")

    def confirming(actor):
        found = ImportDraft.objects.get(pk=draft.pk)
        return lambda: desk.confirm(found, actor=actor, now=NOW, expected_version=1)

    outcomes = both([confirming(clerk), confirming(other)])
    refused = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    assert [str(error) for error in refused] == ["该文件已经导入，不能再次修改或导入。"]
    assert (Plan.objects.count(), PlanDocument.objects.count(), Measure.objects.count()) == (1, 1, 3)


@pytest.mark.parametrize("text", [TEXT, MORE])
def test_one_file_uploaded_twice_and_confirmed_at_once_gives_one_plan(clerk, text):
    """A new plan, or the same new measure of a plan that is there already."""
    if text == MORE:
        run_import(TEXT)
    drafts = [opened(clerk, text), opened(clerk, text)]
    outcomes = both(
        [
            lambda draft=draft: desk.confirm(draft, actor=clerk, now=NOW, expected_version=1)
            for draft in drafts
        ]
    )
    assert sorted(outcome.changed for outcome in outcomes) == [False, True]
    assert Plan.objects.count() == 1
    assert Measure.objects.count() == (3 if text == TEXT else 4)
    assert len({outcome.plan.pk for outcome in outcomes}) == 1
