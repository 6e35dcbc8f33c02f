"""The rules of the sentence 课件已到: who is ready, what changes a stock, in which order a thin line brings it."""

import pytest

from resource_hub.live.labels import megabytes
from resource_hub.live.stocktaking import Piece, Report, Standing, StockFile, StockState, bytes_of, in_order, mark_of, standing


def file(sha: str, piece: Piece = Piece.PAGE, page: int | None = 1, width: int | None = 480, size: int = 10) -> StockFile:
    return StockFile(sha * 64, size, "image/webp", piece, "ast_1", page, width)


@pytest.mark.parametrize(
    ("report", "found"),
    [
        (None, Standing.SILENT),
        (Report("now", 100, StockState.READY), Standing.READY),
        (Report("now", 99, StockState.READY), Standing.MISSING),
        (Report("before", 100, StockState.READY), Standing.CHANGED),
        (Report("before", 100, StockState.DISK_FULL), Standing.CHANGED),
        (Report("now", 40, StockState.DISK_FULL), Standing.DISK_FULL),
        (Report("now", 40, StockState.FETCHING), Standing.FETCHING),
        (Report("before", 0, StockState.UNSUPPORTED), Standing.UNSUPPORTED),
    ],
)
def test_a_room_is_ready_only_with_all_of_the_stock_of_now(report: Report | None, found: Standing) -> None:
    assert standing("now", 100, report, is_whole=True) is found
    assert standing("now", 100, report, is_whole=False) is Standing.PREPARING
    assert standing("now", 0, report, is_whole=True) is Standing.NOTHING


def test_a_stock_has_another_name_when_a_file_a_place_or_a_word_of_it_changes() -> None:
    files = [file("a"), file("b", page=2)]
    marks = {
        mark_of(files, ""), mark_of(files, "先看微课"), mark_of(files[:1], ""), mark_of([file("a"), file("c", page=2)], ""),
        mark_of([file("a", page=2), file("b", page=1)], ""),
    }  # fmt: skip
    assert len(marks) == 5
    assert mark_of(files[::-1], "") in marks


def test_small_pages_come_first_and_what_looks_alike_is_counted_once() -> None:
    film, micro = file("f", Piece.CLIP, None, None), file("m", Piece.MICRO_LESSON, None, None)
    small, sharp = [file("a", page=1), file("a", page=2)], [file("b", page=1, width=1600), file("c", page=2, width=1600)]
    assert in_order([film, *sharp, micro, *small]) == [*small, *sharp, micro, film]
    assert bytes_of(small) == 10


def test_what_is_lacking_is_never_told_as_nothing() -> None:
    assert [megabytes(count) for count in (1, 3_355_443)] == ["0.1 MB", "3.2 MB"]
