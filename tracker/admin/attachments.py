"""Giving out attached files: only to who sees them by tracker.access, only as downloads, never to be run by a browser."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from tracker import access


def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file under the name it came with. 404 alike for one that is not there and one that is not the person's."""
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    row = access.attachments_visible_to(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    try:
        content = row.file.open("rb")
    except FileNotFoundError:
        raise Http404("附件的内容已不在服务器上，请与系统管理员联系。") from None
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type=row.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
