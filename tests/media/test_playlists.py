"""The text that players get: promises of order, measured rates and addresses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.errors import Broken
from resource_hub.media.playlists import Variant, inline_playlists, master_playlist, media_playlist, storyboard, variant_of

STORED = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MAP:URI="{url}",BYTERANGE="1372@0"
#EXTINF:4.000000,
#EXT-X-BYTERANGE:55739@1372
{url}
#EXT-X-ENDLIST
"""
SIGNED = "http://127.0.0.1:8000/hub/renditions/as_1/1/240.m4s?X-Amz-Signature=ab%2F12&X-Amz-Expires=3600"
SOUND = Variant("a64", None, None, None, 70_000, 66_000, "mp4a.40.2", is_audio_only=True)
VILLAGE = Variant("240", 426, 240, 10.0, 148_000, 120_000, "avc1.4D400D,mp4a.40.2")
MIDDLE = Variant("480", 854, 480, 25.0, 560_000, 430_000, "avc1.4D401E,mp4a.40.2")


def test_the_object_address_stands_in_the_map_and_in_every_segment() -> None:
    text = media_playlist(STORED, SIGNED)
    assert text.count(SIGNED) == 2
    assert f'#EXT-X-MAP:URI="{SIGNED}",BYTERANGE="1372@0"' in text
    assert "{url}" not in text


@pytest.mark.parametrize("url", ["", "a b", 'x"y', "x\ny", "x\u2028y"])
def test_an_address_that_would_break_its_line_is_never_served(url: str) -> None:
    with pytest.raises(Broken):
        media_playlist(STORED, url)


@pytest.mark.parametrize("stored", ["", "#EXTM3U\n", "<html>{url}</html>"])
def test_a_damaged_stored_playlist_is_refused_and_not_served(stored: str) -> None:
    with pytest.raises(Broken):
        media_playlist(stored, SIGNED)


def test_the_lowest_rung_comes_first_and_sound_alone_last() -> None:
    text = master_playlist([SOUND, MIDDLE, VILLAGE], lambda label: f"{label}.m3u8?t=token")
    addresses = [line for line in text.splitlines() if not line.startswith("#")]
    assert addresses == ["240.m3u8?t=token", "480.m3u8?t=token", "a64.m3u8?t=token"]


def test_an_upright_video_is_ordered_by_its_short_side() -> None:
    upright = Variant("480", 480, 854, 25.0, 900_000, 700_000, "avc1.4D401E,mp4a.40.2")
    wide = Variant("240", 426, 240, 25.0, 950_000, 120_000, "avc1.4D400D,mp4a.40.2")
    text = master_playlist([upright, wide], lambda label: label)
    assert text.index("RESOLUTION=426x240") < text.index("RESOLUTION=480x854")


def test_a_variant_is_told_with_its_measured_rates_codecs_and_frames() -> None:
    text = master_playlist([VILLAGE], lambda label: label)
    assert (
        '#EXT-X-STREAM-INF:BANDWIDTH=148000,AVERAGE-BANDWIDTH=120000,CODECS="avc1.4D400D,mp4a.40.2",'
        'RESOLUTION=426x240,FRAME-RATE=10.000,NAME="240"\n240\n' in text
    )


def test_sound_alone_has_no_resolution() -> None:
    text = master_playlist([SOUND], lambda label: label)
    assert "RESOLUTION" not in text
    assert "FRAME-RATE" not in text


def test_a_recording_without_any_rung_has_no_master() -> None:
    with pytest.raises(Broken):
        master_playlist([], lambda label: label)


def test_a_stored_rendition_becomes_a_variant_with_what_the_worker_measured() -> None:
    meta = {"codecs": "avc1.4D400D,mp4a.40.2", "fps": 10.0, "average_bps": 120_000, "peak_bps": 148_000, "duration_s": 20.0}
    assert variant_of("240", "video", 426, 240, meta) == VILLAGE
    assert variant_of("a22", "audio", None, None, {"average_bps": 26_000}).is_audio_only


def test_an_unknown_codec_is_left_out_and_not_named_empty() -> None:
    assert "CODECS" not in master_playlist([variant_of("240", "video", 426, 240, {})], lambda label: label)


def test_a_page_carries_the_master_and_the_first_rung_without_addresses() -> None:
    inline = inline_playlists([SOUND, MIDDLE, VILLAGE], {"240": STORED, "480": STORED, "a64": STORED})
    assert inline["playlists"] == {"240": STORED}
    assert str(inline["master"]).splitlines()[-1] == "a64.m3u8"


def test_a_very_long_playlist_is_not_written_into_the_page() -> None:
    assert inline_playlists([VILLAGE], {"240": STORED + "#" * 70_000})["playlists"] == {}


def test_each_tile_of_a_storyboard_gets_the_address_of_its_own_sheet() -> None:
    stored = (
        "WEBVTT\n\n00:00:00.000 --> 00:00:04.000\n{url:000}#xywh=0,0,160,90\n\n00:00:04.000 --> 00:00:08.000\n{url:001}#xywh=0,0,160,90\n"
    )
    text = storyboard(stored, {"000": "http://hub/a?s=1", "001": "http://hub/b?s=2"})
    assert "http://hub/a?s=1#xywh=0,0,160,90" in text
    assert "http://hub/b?s=2#xywh=0,0,160,90" in text


def test_a_storyboard_that_names_a_missing_sheet_is_refused() -> None:
    with pytest.raises(Broken):
        storyboard("{url:007}#xywh=0,0,1,1", {"000": "http://hub/a"})


_variants = st.builds(
    Variant,
    label=st.from_regex(r"[a-z0-9]{1,8}", fullmatch=True),
    width=st.none() | st.integers(1, 8000),
    height=st.none() | st.integers(1, 8000),
    fps=st.none() | st.floats(1, 120),
    peak_bps=st.integers(0, 10**8),
    average_bps=st.integers(0, 10**8),
    codecs=st.just("avc1.4D401E"),
    is_audio_only=st.booleans(),
)


@given(st.lists(_variants, min_size=1, max_size=6))
def test_every_variant_is_named_once_with_a_peak_not_below_its_average(variants: list[Variant]) -> None:
    lines = master_playlist(variants, lambda label: f"{label}.m3u8").splitlines()
    told = [line for line in lines if line.startswith("#EXT-X-STREAM-INF:")]
    assert sorted(line for line in lines if line.endswith(".m3u8")) == sorted(f"{v.label}.m3u8" for v in variants)
    for line in told:
        rates = dict(part.split("=", 1) for part in line.partition(":")[2].split(",")[:2])
        assert int(rates["BANDWIDTH"]) >= int(rates["AVERAGE-BANDWIDTH"]) >= 1
