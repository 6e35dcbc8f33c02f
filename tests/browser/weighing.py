"""What a page costs on the wire: bytes as they were transferred, media apart."""

from dataclasses import dataclass, field

from playwright.sync_api import Page

MEDIA = "/hub-media/"


@dataclass
class Scale:
    """Everything a page receives from now on."""

    page: Page
    _urls: dict[str, str] = field(default_factory=dict)
    _bytes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        session = self.page.context.new_cdp_session(self.page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self._urls.update({event["requestId"]: event["request"]["url"]}))
        session.on("Network.loadingFinished", lambda event: self._bytes.update({event["requestId"]: event["encodedDataLength"]}))

    def kb(self, *, media: bool = False) -> float:
        """Return thousands of bytes: of the page's own code and words, or of pictures, sound and video of resources."""
        return sum(size for ident, size in self._bytes.items() if (MEDIA in self._urls.get(ident, "")) == media) / 1000
