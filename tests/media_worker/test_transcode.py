"""The ladder as it is made: one pass, one object a rendition, bounds on its rates."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from media_worker import ladder, package, transcode
from media_worker.package import Rendition
from media_worker.probe import CutShort, probe
from resource_hub.kernel.errors import Invalid
from tests.media_worker.footage import decodes, ffmpeg, ffprobe, film, keyframe_times, late, streams

pytestmark = pytest.mark.slow


def make(source: Path, folder: Path) -> dict[str, Rendition]:
    folder.mkdir(exist_ok=True)
    return {r.label: r for r in transcode.make_ladder(source, probe(source, scratch=folder), folder)}


def test_every_rendition_is_one_object_that_plays_as_a_file_with_sound(tmp_path: Path) -> None:
    made = make(film(tmp_path / "s.mp4", size="854x480", seconds=6, rate="30"), tmp_path / "out")
    assert list(made) == ["480", "240", "a22"]
    for rendition in made.values():
        assert decodes(rendition.path)
        assert "audio" in streams(rendition.path)
        assert abs(float(ffprobe(rendition.path, "-show_entries", "format=duration")[0]) - 6) < 0.3
    assert made["480"].codecs.startswith("avc1.4d")
    assert made["480"].codecs.endswith(",mp4a.40.2")
    assert made["a22"].codecs == "mp4a.40.2"


def test_the_ranges_of_a_playlist_cover_its_object(tmp_path: Path) -> None:
    for rendition in make(film(tmp_path / "s.mp4", size="854x480", seconds=9), tmp_path / "out").values():
        playlist = rendition.playlist
        at = playlist.head_length
        for segment in playlist.segments:
            assert segment.offset == at
            at += segment.length
        assert at == rendition.path.stat().st_size
        assert playlist.text.count(package.URL) == len(playlist.segments) + 1
        assert rendition.label not in playlist.text.replace("#EXT-X-VERSION:7", "")
        data = rendition.path.read_bytes()
        assert b"moof" in data[playlist.segments[0].offset :][:400]


@pytest.mark.parametrize("rate", ["25", "30000/1001", "50", "24", "15"])
def test_keyframes_of_all_rungs_stand_at_the_same_moments(tmp_path: Path, rate: str) -> None:
    made = make(film(tmp_path / "s.mp4", size="854x480", seconds=13, rate=rate), tmp_path / "out")
    starts = [[round(t, 3) for t in keyframe_times(made[label].path)] for label in ("480", "240")]
    assert starts[0] == starts[1]
    assert len(starts[0]) == len(made["480"].playlist.segments) >= 3


def test_a_fitting_picture_is_copied_and_the_others_follow_its_keyframes(tmp_path: Path) -> None:
    codec = (
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-pix_fmt",
        "yuv420p",
        "-b:v",
        "300k",
        "-g",
        "50",
        "-force_key_frames",
        "1.2,3.2,8.4,9.2",
    )
    made = make(film(tmp_path / "s.mp4", size="854x480", seconds=14, codec=codec), tmp_path / "out")
    assert made["480"].codecs.startswith("avc1.42")
    copied = keyframe_times(made["480"].path)
    followed = keyframe_times(made["240"].path)
    assert len(copied) > len(followed) > 2
    assert all(any(abs(t - c) < 0.002 for c in copied) for t in followed)
    assert [s.duration_s for s in made["480"].playlist.segments] == [s.duration_s for s in made["240"].playlist.segments]


@pytest.mark.parametrize(
    "hard",
    [
        "testsrc2=s=854x480:r=30,noise=alls=60:allf=t+u",
        "mandelbrot=s=854x480:r=30",
        "color=gray:s=854x480:r=5,noise=alls=100:allf=t+u,fps=30",
    ],
    ids=["noise", "zoom", "flicker"],
)
def test_the_village_rung_keeps_its_bounds_on_the_hardest_pictures(tmp_path: Path, hard: str) -> None:
    ffmpeg("-f", "lavfi", "-i", hard, "-f", "lavfi", "-i", "anoisesrc=c=pink:a=0.4", "-t", "25", "-c:v", "libx264", "-preset", "ultrafast",
           "-b:v", "6M", "-pix_fmt", "yuv420p", "-c:a", "aac", str(tmp_path / "s.mp4"))  # fmt: skip
    village = make(tmp_path / "s.mp4", tmp_path / "out")["240"].playlist
    assert village.average_kbps <= ladder.VILLAGE_KBPS
    assert village.window_kbps(10) <= 1.5 * ladder.VILLAGE_KBPS


def test_a_video_without_sound_still_gets_a_ladder(tmp_path: Path) -> None:
    made = make(film(tmp_path / "s.mp4", size="320x240", sound=None), tmp_path / "out")
    assert list(made) == ["240"]
    assert streams(made["240"].path) == ["video"]


def test_a_recording_of_sound_alone_gets_two_renditions(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "sine=d=5", "-ac", "2", str(tmp_path / "s.mp3"))
    made = make(tmp_path / "s.mp3", tmp_path / "out")
    assert list(made) == ["a96", "a22"]
    assert all(decodes(r.path) for r in made.values())


@pytest.mark.parametrize(("channels", "heard"), [(1, 1), (2, 2), (6, 2)], ids=["mono", "stereo", "5.1"])
def test_sound_of_any_channels_is_mixed_to_what_plays_everywhere(tmp_path: Path, channels: int, heard: int) -> None:
    made = make(film(tmp_path / "s.mkv", size="1280x720", rate="10", seconds=2, channels=channels), tmp_path / "out")
    found = [
        ffprobe(made[label].path, "-select_streams", "a", "-show_entries", "stream=channels")[0] for label in ("720", "480", "240", "a22")
    ]
    assert found == [str(heard), "1", "1", "1"]
    # The voice stands in the middle channel of 5.1, which a careless mix loses.
    assert all(_mean_db(rendition.path) > -35 for rendition in made.values())


def test_a_lesson_in_full_hd_becomes_four_rungs_that_change_at_the_same_moments(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "smptehdbars=s=1920x1080:r=15", "-f", "lavfi", "-i", "sine=f=440:r=48000", "-t", "9", "-c:v", "libx264", "-preset", "ultrafast",
           "-g", "1000", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "6", str(tmp_path / "s.mp4"))  # fmt: skip
    made = make(tmp_path / "s.mp4", tmp_path / "out")
    rungs = [made.pop(label) for label in ("1080", "720", "480", "240")]
    assert list(made) == ["a22"]
    assert [(r.width, r.height) for r in rungs] == [(1920, 1080), (1280, 720), (854, 480), (426, 240)]
    assert [sorted(streams(r.path)) for r in rungs] == [["audio", "video"]] * 4
    assert [[round(t, 3) for t in keyframe_times(r.path)] for r in rungs] == [[round(t, 3) for t in keyframe_times(rungs[0].path)]] * 4
    assert len(keyframe_times(rungs[0].path)) == 3


def test_a_small_picture_is_never_made_larger(tmp_path: Path) -> None:
    made = make(film(tmp_path / "s.mp4", size="480x280", seconds=1), tmp_path / "out")
    assert [(r.width, r.height) for r in made.values() if r.width] == [(412, 240)]


@pytest.mark.parametrize("kind", ["mp4", "mkv"])
@pytest.mark.parametrize(("by_s", "is_copied"), [(0.0, True), (0.06, True), (0.5, False)])
def test_rungs_change_together_when_the_picture_begins_later_than_the_sound(
    tmp_path: Path, kind: str, by_s: float, *, is_copied: bool
) -> None:
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-b:v", "300k", "-g", "50")
    whole = film(tmp_path / "whole.mp4", size="854x480", seconds=10, codec=codec)
    made = make(late(whole, tmp_path / f"s.{kind}", by_s=by_s), tmp_path / "out")
    high, low = (made[label] for label in ("480", "240"))
    assert high.codecs.startswith("avc1.42" if is_copied else "avc1.4d")
    times, followed = keyframe_times(high.path), keyframe_times(low.path)
    assert len(followed) == 3
    assert all(any(abs(t - h) < 0.002 for h in times) for t in followed)
    assert [s.duration_s for s in high.playlist.segments][:2] == [s.duration_s for s in low.playlist.segments][:2]


def test_quiet_and_loud_recordings_come_out_alike(tmp_path: Path) -> None:
    levels = []
    for name, volume in (("quiet", "0.05"), ("loud", "0.9")):
        ffmpeg("-f", "lavfi", "-i", f"anoisesrc=c=pink:a={volume}:d=6", "-ac", "1", str(tmp_path / f"{name}.wav"))
        made = make(tmp_path / f"{name}.wav", tmp_path / name)
        levels.append(_mean_db(made["a22"].path))
    assert abs(levels[0] - levels[1]) < 3


def test_a_turned_phone_video_stands_upright_in_every_rung(tmp_path: Path) -> None:
    lying = film(tmp_path / "lying.mp4", size="854x480")
    ffmpeg("-i", str(lying), "-c", "copy", "-metadata:s:v", "rotate=90", str(tmp_path / "s.mp4"))
    made = make(tmp_path / "s.mp4", tmp_path / "out")
    for label, size in (("480", ["480,854"]), ("240", ["240,428"])):
        assert ffprobe(made[label].path, "-select_streams", "v", "-show_entries", "stream=width,height") == size
        assert not ffprobe(made[label].path, "-select_streams", "v", "-show_entries", "stream_side_data=rotation")


def test_odd_sizes_and_uneven_paces_are_made_even(tmp_path: Path) -> None:
    codec = ("-c:v", "ffv1")
    source = film(
        tmp_path / "s.mkv",
        size="641x361",
        rate="30",
        codec=codec,
        filters="select='not(mod(n\\,5))+gt(random(1)\\,0.4)'",
        extra=("-vsync", "vfr"),
    )
    made = make(source, tmp_path / "out")
    assert [(r.width, r.height) for r in made.values()][:2] == [(640, 360), (426, 240)]
    assert all(decodes(r.path) for r in made.values())


@pytest.mark.parametrize(
    ("name", "codec", "sound"),
    [
        ("hevc.mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none"), "aac"),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"), "libopus"),
        ("av1.mkv", ("-c:v", "libsvtav1", "-preset", "12"), "libopus"),
        ("windows.wmv", ("-c:v", "wmv2"), "wmav2"),
        ("flash.flv", ("-c:v", "flv1"), "mp3"),
        ("camera.avi", ("-c:v", "mjpeg", "-pix_fmt", "yuvj422p"), "pcm_s16le"),
        (
            "interlaced.mts",
            ("-c:v", "libx264", "-preset", "ultrafast", "-flags", "+ilme+ildct", "-pix_fmt", "yuv420p", "-f", "mpegts"),
            "ac3",
        ),
    ],
)
def test_recordings_of_real_devices_become_plain_video(tmp_path: Path, name: str, codec: tuple[str, ...], sound: str) -> None:
    rate = ("-ar", "44100") if name.startswith("flash") else ()
    source = film(tmp_path / name, size="320x240", seconds=2, codec=codec, sound=("-c:a", sound), extra=rate)
    made = make(source, tmp_path / "out")
    assert decodes(made["240"].path)
    kind = ffprobe(made["240"].path, "-select_streams", "v", "-show_entries", "stream=codec_name,profile,pix_fmt")
    assert kind == ["h264,Main,yuv420p"]


def test_a_cancelled_encode_is_no_success(tmp_path: Path) -> None:
    source = film(tmp_path / "s.mp4", size="1280x720", seconds=20)
    facts = probe(source, scratch=tmp_path)
    began = time.monotonic()

    class Cancelled(Exception):
        pass

    def check() -> None:
        if time.monotonic() - began > 1.0:
            raise Cancelled

    with pytest.raises(Cancelled):
        transcode.make_ladder(source, facts, tmp_path, check=check)


@pytest.mark.parametrize("name", ["s.mp4", "s.mkv"])
def test_a_source_that_ends_before_its_time_is_no_success(tmp_path: Path, name: str) -> None:
    source = film(tmp_path / name, size="320x240", seconds=20, extra=("-movflags", "+faststart") if name == "s.mp4" else ())
    facts = probe(source, scratch=tmp_path)
    # ffmpeg takes what is there, ends with 0 and says that it is at the end.
    os.truncate(source, source.stat().st_size // 2)
    with pytest.raises(CutShort) as refused:
        transcode.make_ladder(source, facts, tmp_path)
    assert refused.value.params["declared"] == "0:20"


def test_progress_is_told_and_stays_below_the_whole(tmp_path: Path) -> None:
    told: list[float] = []
    source = film(tmp_path / "s.mp4", size="854x480", seconds=8)
    transcode.make_ladder(source, probe(source, scratch=tmp_path), tmp_path, report=lambda share, _left: told.append(share))
    assert told == sorted(told)
    assert 0.9 < told[-1] < 1


def test_a_picture_that_cannot_be_decoded_is_the_files_fault(tmp_path: Path) -> None:
    source = film(tmp_path / "s.mp4", size="320x240", seconds=4, sound=None, extra=("-movflags", "+faststart"))
    data = bytearray(source.read_bytes())
    at = data.index(b"mdat") + 4
    data[at:] = b"\xa5" * (len(data) - at)
    source.write_bytes(data)
    with pytest.raises(Invalid):
        make(source, tmp_path / "out")


def _mean_db(path: Path) -> float:
    told = subprocess.run(
        ["ffmpeg", "-hide_banner", "-i", str(path), "-af", "volumedetect", "-f", "null", "-"], capture_output=True, text=True, check=True
    )
    return float(told.stderr.split("mean_volume:")[1].split()[0])
