"""The plan of a ladder: pure decisions, for every size, shape and pace."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from media_worker import ladder
from media_worker.facts import Audio, Facts, Video


def video(width: int = 1920, height: int = 1080, fps: Fraction = Fraction(25), **changed: object) -> Video:
    given: dict[str, object] = {
        "index": 0, "codec": "h264", "profile": "High", "level": 40, "pix_fmt": "yuv420p", "width": width, "height": height,
        "coded_width": width, "coded_height": height, "rotation": 0, "has_square_pixels": True, "is_interlaced": False, "fps": fps,
        "is_variable_rate": False, "keyframe_gap_s": 2.0, "bitrate_kbps": 1500.0, "start_s": 0.0,
    }  # fmt: skip
    return Video(**(given | changed))  # type: ignore[arg-type]  # a test's shorthand


def facts(shown: Video | None, *heard: int) -> Facts:
    audio = tuple(Audio(n + 1, "aac", channels, 48000) for n, channels in enumerate(heard))
    return Facts("mov,mp4,m4a,3gp,3g2,mj2", 60.0, 10_000_000, shown, audio)


sizes = st.integers(2, 4320)
paces = st.one_of(
    st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(30), Fraction(50), Fraction(60)]),
    st.fractions(1, 240, max_denominator=1001),
)


@given(sizes, sizes, paces, st.booleans())
def test_no_rung_is_larger_than_its_source_and_all_sides_are_even(width: int, height: int, fps: Fraction, variable: bool) -> None:
    plan = ladder.plan(facts(video(width, height, fps, is_variable_rate=variable), 2))
    assert plan.rungs
    for rung in plan.rungs:
        assert rung.width % 2 == rung.height % 2 == 0
        assert rung.width <= max(2, width)
        assert rung.height <= max(2, height)


@given(sizes, sizes, paces)
def test_labels_and_sizes_fall_from_rung_to_rung(width: int, height: int, fps: Fraction) -> None:
    shorts = [min(r.width, r.height) for r in ladder.plan(facts(video(width, height, fps), 1)).rungs]
    assert shorts == sorted(shorts, reverse=True)
    assert len(set(shorts)) == len(shorts)


@given(sizes, sizes, paces, st.booleans())
def test_every_rung_has_its_keyframes_at_the_same_moments(width: int, height: int, fps: Fraction, variable: bool) -> None:
    plan = ladder.plan(facts(video(width, height, fps, is_variable_rate=variable), 1))
    assert {rung.gop / rung.fps for rung in plan.rungs} == {plan.rungs[0].gop / plan.rungs[0].fps}
    assert plan.segment_s >= ladder.SEGMENT_S
    assert plan.fps <= ladder.FASTEST_FPS + Fraction(1, 10)


@given(sizes, sizes, paces)
def test_the_lowest_rung_always_fits_a_village_line(width: int, height: int, fps: Fraction) -> None:
    lowest = ladder.plan(facts(video(width, height, fps), 6)).rungs[-1]
    assert lowest.voice
    assert lowest.maxrate_kbps + lowest.voice.kbps < ladder.VILLAGE_KBPS
    assert lowest.voice.channels == 1
    assert lowest.fps <= ladder.VILLAGE_FPS


@given(st.integers(241, 1080), st.integers(241, 4000), paces)
def test_the_shape_of_the_picture_is_kept(width: int, height: int, fps: Fraction) -> None:
    assume(max(width, height) <= 4 * 240)
    for rung in ladder.plan(facts(video(width, height, fps), 1)).rungs:
        assert abs(rung.width / rung.height - width / height) < 0.02 * max(1, width / height)


def test_a_lesson_in_full_hd_gets_all_four_rungs() -> None:
    assert [r.label for r in ladder.plan(facts(video(), 2)).rungs] == ["1080", "720", "480", "240"]


def test_rungs_go_by_the_short_side_of_a_phone_held_upright() -> None:
    plan = ladder.plan(facts(video(720, 1280), 1))
    assert [(r.label, r.width, r.height) for r in plan.rungs] == [("720", 720, 1280), ("480", 480, 854), ("240", 240, 426)]


def test_a_source_below_the_village_rung_keeps_its_own_size() -> None:
    assert [(r.width, r.height) for r in ladder.plan(facts(video(176, 144), 1)).rungs] == [(176, 144)]


def test_a_small_source_keeps_its_own_size_beside_the_village_rung() -> None:
    assert [r.label for r in ladder.plan(facts(video(640, 360), 1)).rungs] == ["360", "240"]


def test_fast_pictures_are_slowed_to_a_whole_part() -> None:
    assert ladder.common_fps(video(fps=Fraction(60000, 1001))) == Fraction(30000, 1001)
    assert ladder.common_fps(video(fps=Fraction(50))) == 25


def test_an_uneven_picture_gets_a_steady_pace() -> None:
    assert ladder.common_fps(video(fps=Fraction(47, 2), is_variable_rate=True)) == 25


def test_a_recording_of_sound_alone_has_no_rung() -> None:
    plan = ladder.plan(facts(None, 2))
    assert not plan.rungs
    assert [voice.kbps for _, voice in plan.sounds] == [96, 22]


def test_a_silent_recording_has_no_sound_rendition() -> None:
    plan = ladder.plan(facts(video()))
    assert not plan.sounds
    assert all(r.voice is None for r in plan.rungs)


def test_a_fitting_picture_with_steady_keyframes_is_copied() -> None:
    plan = ladder.plan(facts(video(), 2), keyframes=[n * 2.0 for n in range(30)])
    assert [r.is_copied for r in plan.rungs] == [True, False, False, False]
    assert plan.cuts == tuple(n * 4.0 for n in range(1, 15))


def test_a_picture_that_does_not_fit_is_encoded() -> None:
    keys = [n * 2.0 for n in range(30)]
    unfit: list[dict[str, object]] = [
        {"bitrate_kbps": 9000.0}, {"codec": "hevc"}, {"pix_fmt": "yuv420p10le"}, {"rotation": 90}, {"is_interlaced": True},
        {"is_variable_rate": True}, {"keyframe_gap_s": 10.0}, {"keyframe_gap_s": None}, {"has_square_pixels": False}, {"level": 51},
        {"start_s": 0.5},
    ]  # fmt: skip
    for change in unfit:
        assert not any(r.is_copied for r in ladder.plan(facts(video(**change), 2), keys).rungs), change  # type: ignore[arg-type]  # as above


def test_a_picture_whose_keyframes_lie_between_kept_frames_is_encoded() -> None:
    assert not ladder.plan(facts(video(), 2), keyframes=[n * 3.96 for n in range(15)]).rungs[0].is_copied


def test_one_long_gap_between_keyframes_forbids_the_copy() -> None:
    keys = [n * 2.0 for n in range(10)] + [n * 2.0 for n in range(20, 30)]
    assert not ladder.plan(facts(video(), 2), keys).rungs[0].is_copied


@given(st.lists(st.floats(0.04, 4), min_size=1, max_size=60))
def test_cuts_are_keyframes_in_order_one_for_each_segment(gaps: list[float]) -> None:
    keys = [0.0]
    for gap in gaps:
        keys.append(keys[-1] + gap)
    cuts = ladder.cuts_of(keys, 4)
    assert set(cuts) <= set(keys[1:])
    assert list(cuts) == sorted(cuts)
    assert all(cut >= 4 * n - 1e-6 for n, cut in enumerate(cuts, 1))
