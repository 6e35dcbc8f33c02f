"""Lines of ffmpeg's progress, and the time that is left."""

from hypothesis import given
from hypothesis import strategies as st

from media_worker.progress import Progress, TimeLeft


def test_a_block_of_lines_gives_one_step() -> None:
    progress = Progress()
    steps = [progress.feed(line) for line in ("frame=10", "out_time_us=2500000", "speed=2x", "progress=continue")]
    assert [s for s in steps if s] == [steps[-1]]
    assert steps[-1] is not None
    assert (steps[-1].done_s, steps[-1].is_end) == (2.5, False)


def test_only_the_word_end_is_the_end() -> None:
    progress = Progress()
    progress.feed("progress=continue")
    assert not progress.is_end
    progress.feed("progress=end")
    assert progress.is_end


@given(
    st.lists(
        st.one_of(st.text(), st.integers().map(lambda n: f"out_time_us={n}"), st.just("out_time_us=N/A"), st.just("progress=continue"))
    )
)
def test_no_line_breaks_it_and_it_never_runs_backwards(lines: list[str]) -> None:
    progress, seen = Progress(), 0.0
    for line in lines:
        progress.feed(line)
        assert progress.done_s >= seen
        seen = progress.done_s


@given(st.floats(1, 50_000), st.lists(st.tuples(st.floats(0, 5), st.floats(0, 20)), max_size=50))
def test_the_time_left_is_never_negative_and_the_share_never_whole(total_s: float, moves: list[tuple[float, float]]) -> None:
    left, now_s, done_s = TimeLeft(total_s), 100.0, 0.0
    for waited, moved in moves:
        now_s, done_s = now_s + waited, done_s + moved
        told = left.after(done_s, now_s)
        assert told is None or told >= 0
        assert 0 <= left.fraction(done_s) <= 0.99


def test_a_steady_encode_foretells_its_end() -> None:
    left, told = TimeLeft(100), None
    for second in range(11):
        told = left.after(second * 2.0, float(second))
    assert told is not None
    assert abs(told - 40) < 1
