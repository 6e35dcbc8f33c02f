"""Published works with files, and their next versions, made as a program would make them."""

from collections.abc import Callable
from dataclasses import dataclass

from resource_hub.infra import unit
from resource_hub.infra.db import db
from resource_hub.library.models import Resource
from resource_hub.media.models import Asset, Page
from tests.library.works import Works

AUTHOR, REVIEWER, VILLAGER, ELSEWHERE = "linxiaoyun", "qiulan", "wuyoutian", "yanzitian"


@dataclass
class Shelf:
    works: Works
    put: Callable[..., str]

    def ask(self, method: str, path: str, who: str = AUTHOR, status: int = 0, **given: object) -> dict:
        """Return the data of an answer, or where it led; an error is one, unless its status was expected."""
        head = self.works.district.as_(who)
        reply = self.works.district.app.test_client(use_cookies=False).open(path, method=method, headers=head, **given)
        assert (reply.status_code == status) if status else (reply.status_code < 400), reply.text
        if reply.is_json:
            return reply.json.get("data") or reply.json["error"]
        return {"location": reply.headers.get("Location", "")}

    def publish(self, title: str, *files: tuple[str, str], licence: str = "L3", who: str = AUTHOR, reviewer: str = REVIEWER) -> str:
        uploads = [self.put(who, name, text.encode()) for name, text in files]
        body = {"title": title, "kind": "lesson_plan", "upload_ids": uploads, "licence": licence}
        work = str(self.ask("POST", "/api/v1/resources", who, json=body)["id"])
        self.approve(work, who, reviewer)
        return work

    def approve(self, work: str, who: str = AUTHOR, reviewer: str = REVIEWER) -> None:
        self.ask("POST", f"/api/v1/resources/{work}/submission", who)
        self.ask("POST", f"/api/v1/resources/{work}/school-approval", reviewer)

    def revise(self, work: str, note: str, *files: tuple[str, str], title: str = "") -> None:
        """Publish the next version of a work of AUTHOR: other files, and another title if one is given."""
        uploads = [self.put(AUTHOR, name, text.encode()) for name, text in files]
        draft = self.ask("POST", f"/resources/{work}/mending")["location"].rpartition("draft=")[2]
        now = self.resource(work)
        body = {"title": title or now["title"], "kind": now["kind"], "upload_ids": uploads, "change_note": note, "draft_id": draft}
        revision = str(self.ask("POST", "/api/v1/resources", json=body)["id"])
        assert revision != work
        self.approve(revision)

    def resource(self, ident: str, who: str = AUTHOR) -> dict:
        return self.ask("GET", f"/api/v1/resources/{ident}", who)

    def filenames(self, ident: str, who: str = AUTHOR) -> list[str]:
        return [file["filename"] for file in self.resource(ident, who)["files"]]

    def write_pages(self, asset_id: str, *texts: str) -> None:
        """Give a document the pages that the worker would have read from it."""
        with self.works.district.app.app_context(), unit.write():
            db.session.get_one(Asset, asset_id).page_total = len(texts)
            for number, text in enumerate(texts, 1):
                db.session.add(Page(asset_id=asset_id, number=number, text=text, width=800, height=1100, images={}))

    def based_on(self, ident: str) -> tuple[str | None, int | None]:
        with self.works.district.app.app_context(), unit.read():
            found = db.session.get_one(Resource, ident)
            return found.based_on_id, found.based_on_version
