"""The one tree of errors; services raise them, doors never catch them.

Four mappers turn a ``HubError`` into HTTP, a socket acknowledgement, the fate of a job, or a
line of the command line. A message is a Chinese gettext source string with ``%(name)s``
places; it must tell the reader what to do next.
"""

from collections.abc import Mapping


def N_(message: str) -> str:
    """Mark ``message`` for extraction; it is translated where it is shown."""
    return message


class HubError(Exception):
    """A refusal or failure with a stable ``code`` and a message a person can act on."""

    code = "broken"
    status = 500
    message = N_("系统出了点问题，您的内容没有丢失。请稍后再试；若仍不行，请把编号告诉技术员。")

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        fields: Mapping[str, str] | None = None,
        retry_after: int | None = None,
        **params: object,
    ) -> None:
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code
        self.fields = dict(fields or {})
        self.retry_after = retry_after
        self.params = params
        super().__init__(f"{self.code}: {self.message}")


class NotSignedIn(HubError):
    code, status, message = "not_signed_in", 401, N_("请先登录。")


class NotAllowed(HubError):
    code, status, message = "not_allowed", 403, N_("您没有做这件事的权限。需要时请联系学校教务主任。")


class NotFound(HubError):
    code, status, message = "not_found", 404, N_("没有找到，或者您无权查看。")


class Gone(HubError):
    code, status, message = "gone", 410, N_("这项内容已下架。")


class Invalid(HubError):
    """``fields`` maps each wrong field to a sentence that says how to mend it."""

    code, status, message = "invalid", 422, N_("有几处需要修改，请看标出的地方。")


class Conflict(HubError):
    code, status, message = "conflict", 409, N_("内容刚刚被改动过，请刷新后再试。")


class TooLarge(HubError):
    code, status, message = "too_large", 413, N_("内容太大了。")


class TooMany(HubError):
    code, status, message = "too_many", 429, N_("操作太频繁，请稍等一会儿再试。")


class Unavailable(HubError):
    code, status, message = "unavailable", 503, N_("这部分暂时不可用，恢复后会自动继续。")


class Broken(HubError):
    """A fault of ours: logged with its trace, shown with a request id."""
