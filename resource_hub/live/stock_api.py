"""What a room's device asks to have a lesson beforehand, what it says it has, and what teachers are told of it."""

from flask import Blueprint, Response

from resource_hub.infra import unit
from resource_hub.infra.web.doors import requires, viewer
from resource_hub.infra.web.replies import body, reply
from resource_hub.live import access, provisioning, stock
from resource_hub.live.pages import seated
from resource_hub.live.stocktaking import StockIn

blueprint = Blueprint("stock_api", __name__, url_prefix="/api/v1")


@blueprint.get("/rooms/stock")
@requires("live.room")
def show_lessons() -> Response:
    """List the lessons whose files the room that asks should keep; what belongs to no other lesson may go."""
    return reply({"lessons": stock.lessons_of(viewer())})


@blueprint.get("/lessons/<lesson_id>/stock")
@requires("live.join", unit=False)
def show_stock(lesson_id: str) -> Response:
    """List the files to have before the lesson by their hashes; while some are not measured yet, ``is_whole`` is false."""
    with unit.read():
        _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
        found, left = stock.stock_of(lesson), stock.unmeasured(lesson)
    if left:
        with unit.write():
            provisioning.order_digests(lesson_id)
    return reply(found)


@blueprint.get("/lessons/<lesson_id>/stock/<sha256>")
@requires("live.join")
def show_file(lesson_id: str, sha256: str) -> Response:
    """Give the address of a file of the stock; it lasts an hour and answers Range requests."""
    _seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    return reply({"url": stock.address_of(lesson, sha256)})


@blueprint.put("/lessons/<lesson_id>/stock/report")
@requires("live.join")
def report(lesson_id: str) -> Response:
    """Say what the room of one's own seat has."""
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    provisioning.report_stock(seat, lesson, body(StockIn))
    return reply({})


@blueprint.get("/lessons/<lesson_id>/stock/rooms")
@requires("live.join")
def show_rooms(lesson_id: str) -> Response:
    """Say how the stock stands in each receiving room."""
    seat, lesson = seated(viewer(), lesson_id, as_observer=False)
    access.require_grown_up(seat)
    return reply({"rooms": stock.standings_of(lesson)})
