"""What the tests of the loop over HTTP do again and again."""

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.api.callers import ROOT
from tracker.models import Measure

PDF = b"%PDF-1.7\n%fine\n"
LATER = "2099-01-01"
REPORT = {"percent": 40, "progress": "可研报告已报送审批"}


def at(measure, step=""):
    return f"{ROOT}measures/{measure.pk}/{step}"


def ok(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[:500]
    return answer.json() if answer.content else None


def post(client, address, body=None, **extra):
    return client.post(address, {} if body is None else body, format="json", **extra)


def upload(client, measure, name="批复.pdf", content=PDF, **extra):
    return client.post(
        at(measure, "attachments/"), {"file": SimpleUploadedFile(name, content)}, format="multipart", **extra
    )


def fresh(measure):
    return Measure.objects.get(pk=measure.pk)
