"""What is said of a file before anything is made from it."""

from fractions import Fraction
from pathlib import Path

import pytest

from media_worker import probe
from media_worker.probe import CutShort, Damaged, NoFrames, NotMedia
from media_worker.sandbox import TooTalkative
from resource_hub.kernel.errors import Invalid
from tests.media_worker.footage import ffmpeg, film, late

pytestmark = pytest.mark.slow
KINDS = {
    "hevc.mp4": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "vp9.webm": ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"),
    "av1.mkv": ("-c:v", "libsvtav1", "-preset", "12"),
    "flash.flv": ("-c:v", "flv1"),
    "windows.wmv": ("-c:v", "wmv2"),
    "camera.avi": ("-c:v", "mpeg4"),
    "phone.mov": ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "camcorder.mts": ("-c:v", "libx264", "-preset", "ultrafast", "-f", "mpegts"),
}
SOUNDS = {"vp9.webm": "libopus", "flash.flv": "mp3", "windows.wmv": "wmav2", "camera.avi": "mp3"}


@pytest.mark.parametrize("name", KINDS)
def test_recordings_of_real_devices_are_understood(tmp_path: Path, name: str) -> None:
    rate = ("-ar", "44100") if name.endswith("flv") else ()
    source = film(tmp_path / name, size="320x240", seconds=2, codec=KINDS[name], sound=("-c:a", SOUNDS.get(name, "aac")), extra=rate)
    facts = probe.probe(source, scratch=tmp_path)
    assert facts.video is not None
    assert (facts.video.width, facts.video.height, len(facts.audio)) == (320, 240, 1)
    assert 1.9 <= facts.duration_s <= 2.2
    assert not facts.video.is_variable_rate


def test_a_picture_is_measured_as_the_eye_sees_it(tmp_path: Path) -> None:
    lying = film(tmp_path / "lying.mp4", size="640x360")
    ffmpeg("-i", str(lying), "-c", "copy", "-metadata:s:v", "rotate=90", str(tmp_path / "upright.mp4"))
    wide = film(tmp_path / "wide.mp4", size="720x576", filters="setsar=64/45")
    turned = probe.probe(tmp_path / "upright.mp4", scratch=tmp_path).video
    stretched = probe.probe(wide, scratch=tmp_path).video
    assert turned is not None
    assert stretched is not None
    assert (turned.width, turned.height, turned.rotation % 180) == (360, 640, 90)
    assert (stretched.width, stretched.height, stretched.has_square_pixels) == (1024, 576, False)


def test_an_uneven_picture_is_seen(tmp_path: Path) -> None:
    source = film(
        tmp_path / "uneven.mp4", rate="30", seconds=4, filters="select='not(mod(n\\,7))+gt(random(0)\\,0.5)'", extra=("-vsync", "vfr")
    )
    found = probe.probe(source, scratch=tmp_path).video
    assert found is not None
    assert found.is_variable_rate
    assert found.fps < 30


def test_keyframes_are_listed_from_the_first(tmp_path: Path) -> None:
    source = film(tmp_path / "steady.mp4", size="320x240", extra=("-g", "25"))
    video = probe.probe(source, scratch=tmp_path).video
    assert video is not None
    assert video.keyframe_gap_s == 1.0
    assert video.fps == Fraction(25)
    assert probe.keyframes(source, video, scratch=tmp_path) == (0.0, 1.0, 2.0)


def test_a_streamed_recording_without_a_length_is_measured(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.webm", size="320x240", codec=("-c:v", "libvpx", "-deadline", "realtime"), sound=("-c:a", "libopus"))
    ffmpeg("-i", str(whole), "-c", "copy", "-f", "webm", "-live", "1", str(tmp_path / "streamed.webm"))
    assert abs(probe.probe(tmp_path / "streamed.webm", scratch=tmp_path).duration_s - 3) < 0.2


def test_a_cover_picture_is_not_a_video(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=300x300", "-frames:v", "1", str(tmp_path / "cover.png"))
    ffmpeg("-f", "lavfi", "-i", "sine=d=2", "-i", str(tmp_path / "cover.png"), "-map", "0", "-map", "1", "-c:v", "copy",
           "-disposition:v", "attached_pic", str(tmp_path / "song.mp3"))  # fmt: skip
    facts = probe.probe(tmp_path / "song.mp3", scratch=tmp_path)
    assert facts.video is None
    assert facts.voice is not None


def test_half_a_file_says_how_much_is_there(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", size="320x240", seconds=20, extra=("-movflags", "+faststart"))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(CutShort) as refused:
        probe.probe(cut, scratch=tmp_path)
    assert refused.value.params["declared"] == "0:20"


def test_what_is_no_recording_is_refused_in_words(tmp_path: Path) -> None:
    film(tmp_path / "late.mp4", size="320x240")
    bad: dict[str, tuple[bytes, type[Invalid]]] = {
        "unfinished.mp4": ((tmp_path / "late.mp4").read_bytes()[:20_000], Damaged),
        "nonsense.mp4": (b"\x00\x00\x00\x18ftypmp42" + b"\x5a" * 4000, Damaged),
        "list.m3u8": (b"#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\n/etc/passwd\n#EXT-X-ENDLIST\n", Invalid),
        "script.ffconcat": (b"ffconcat version 1.0\nfile /etc/passwd\n", Invalid),
    }
    for name, (data, kind) in bad.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(kind):
            probe.probe(tmp_path / name, scratch=tmp_path)


@pytest.mark.parametrize("sound", [None, ("-c:a", "aac")], ids=["silent", "with sound"])
def test_a_recording_that_stopped_before_its_first_frame_is_refused(tmp_path: Path, sound: tuple[str, ...] | None) -> None:
    whole = film(tmp_path / "whole.mp4", size="320x240", sound=sound, extra=("-movflags", "frag_keyframe+empty_moov"))
    data = whole.read_bytes()
    (tmp_path / "head.mp4").write_bytes(data[: data.index(b"moof") - 4])
    with pytest.raises(NoFrames):
        probe.probe(tmp_path / "head.mp4", scratch=tmp_path)


def test_a_still_picture_is_no_recording(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "testsrc=s=300x300", "-frames:v", "1", str(tmp_path / "picture.png"))
    with pytest.raises(NotMedia):
        probe.probe(tmp_path / "picture.png", scratch=tmp_path)


def test_more_packets_than_any_camera_makes_are_not_kept(tmp_path: Path) -> None:
    source = film(tmp_path / "s.mkv", size="16x16", rate="4000", seconds=25, codec=("-c:v", "rawvideo"), sound=None)
    with pytest.raises(TooTalkative):
        probe.probe(source, scratch=tmp_path)


def test_a_book_in_the_tags_of_a_recording_is_not_read(tmp_path: Path) -> None:
    film(tmp_path / "plain.mkv", size="320x240")
    tags = tmp_path / "tags.txt"
    tags.write_text(";FFMETADATA1\n" + "".join(f"tag{n}={'x' * 1_000_000}\n" for n in range(12)))
    ffmpeg("-i", str(tmp_path / "plain.mkv"), "-i", str(tags), "-map_metadata", "1", "-c", "copy", str(tmp_path / "s.mkv"))
    assert (tmp_path / "s.mkv").stat().st_size > 12_000_000
    assert probe.probe(tmp_path / "s.mkv", scratch=tmp_path).video


def test_a_picture_that_begins_later_than_its_sound_is_seen(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", size="320x240")
    starts = {}
    for name in ("late.mp4", "late.mkv"):
        video = probe.probe(late(whole, tmp_path / name, by_s=0.5), scratch=tmp_path).video
        assert video is not None
        starts[name] = video.start_s
    # Matroska counts the priming of AAC as sound.
    assert starts == {"late.mp4": 0.5, "late.mkv": pytest.approx(0.521, abs=0.002)}
