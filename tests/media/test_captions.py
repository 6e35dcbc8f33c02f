"""Caption files from real school PCs, and files that mean harm."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resource_hub.kernel.errors import HubError, Invalid, TooLarge
from resource_hub.media.captions import (
    CaptionLineWrong,
    CaptionsEmpty,
    CaptionsOfAnotherKind,
    CaptionsUnreadable,
    CaptionTimesWrong,
    CaptionTooLong,
    to_webvtt,
)

SRT = """1
00:00:01,000 --> 00:00:03,500
同学们好
今天学习分数

2
00:00:04,000 --> 00:00:06,000
请翻到第 12 页
"""
EXPECTED = """WEBVTT

00:00:01.000 --> 00:00:03.500
同学们好
今天学习分数

00:00:04.000 --> 00:00:06.000
请翻到第 12 页
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_an_srt_in_any_encoding_of_a_school_pc_becomes_the_same_webvtt(encoding: str, line_end: str) -> None:
    assert to_webvtt(SRT.replace("\n", line_end).encode(encoding)) == EXPECTED


def test_webvtt_stays_webvtt_and_is_stable_when_uploaded_again() -> None:
    assert to_webvtt(EXPECTED.encode()) == EXPECTED
    assert to_webvtt(to_webvtt(SRT.encode()).encode()) == EXPECTED


def test_styles_notes_regions_settings_and_markup_are_left_out() -> None:
    hostile = (
        "WEBVTT - title\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n"
        "STYLE\n::cue { background: url(http://elsewhere/x) }\n\nREGION\nid:a\nwidth:100%\n\nNOTE secret\n\n"
        "id-1\n00:01.000 --> 00:02.000 line:0 position:20% align:start\n"
        "<v 张老师><c.big><b>你好</b></c> <00:01.500><img src=x onerror=alert(1)><script>x</script>\n"
    )
    text = to_webvtt(hostile.encode())
    assert text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n你好 x\n"


def test_less_and_greater_in_a_mathematics_lesson_stay() -> None:
    text = to_webvtt("1\n00:00:01,000 --> 00:00:02,000\n3 < 5 且 7 > 2, a&b &lt;\n".encode())
    assert "3 &lt; 5 且 7 &gt; 2, a&amp;b &lt;" in text


def test_position_marks_of_subtitle_software_are_left_out() -> None:
    assert "{" not in to_webvtt("1\n00:00:01,000 --> 00:00:02,000\n{\\an8}上面的字\n".encode())


def test_words_cannot_pretend_to_be_a_timing_line() -> None:
    text = to_webvtt(b"1\n00:00:01,000 --> 00:00:02,000\na --&gt; b\n")
    assert text.count("-->") == 1


def test_missing_numbers_hours_and_order_are_put_right() -> None:
    text = to_webvtt("00:05,5 --> 00:06,000\n后\n\n00:01,000 --> 00:02,000\n先\n".encode())
    assert text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n先\n\n00:00:05.500 --> 00:00:06.000\n后\n"


def test_a_wrong_time_is_named_by_its_line() -> None:
    with pytest.raises(CaptionLineWrong) as wrong:
        to_webvtt("1\n00:00:01,000 --> 00:00:02,000\n好\n\n2\n00:0x:01,000 --> 00:00:09,000\n坏\n".encode())
    assert wrong.value.params == {"line": 6}


@pytest.mark.parametrize("timing", ["00:00:05,000 --> 00:00:04,000", "00:00:05,000 --> 00:00:05,000", "00:00:05,000 --> 99:00:00,000"])
def test_a_caption_that_ends_before_it_begins_is_named_by_its_line(timing: str) -> None:
    with pytest.raises(CaptionTimesWrong) as wrong:
        to_webvtt(f"1\n{timing}\n字\n".encode())
    assert wrong.value.params == {"line": 2}


@pytest.mark.parametrize("content", [b"", b"\n\n\n", b"WEBVTT\n", b"WEBVTT\n\nNOTE only a note\n", b"1\n00:00:01,000 --> 00:00:02,000\n\n"])
def test_a_file_without_a_caption_says_so(content: bytes) -> None:
    with pytest.raises(CaptionsEmpty):
        to_webvtt(content)


@pytest.mark.parametrize("content", [b"[Script Info]\nTitle: x\n", b"<SAMI><BODY></BODY></SAMI>", b"{1}{20}hello"])
def test_other_caption_formats_are_named_with_the_way_out(content: bytes) -> None:
    with pytest.raises(CaptionsOfAnotherKind):
        to_webvtt(content)


def test_the_name_helps_to_say_what_a_file_of_another_kind_is() -> None:
    with pytest.raises(CaptionsOfAnotherKind):
        to_webvtt("片名\n00:01 字\n".encode(), "第一课.ASS")
    assert to_webvtt(SRT.encode(), "第一课.txt") == EXPECTED


@pytest.mark.parametrize("content", [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"\xff\xfe\x00", b"\x81\xff\xff", b"just words\nno times\n"])
def test_what_is_no_text_or_no_captions_is_unreadable(content: bytes) -> None:
    with pytest.raises(CaptionsUnreadable):
        to_webvtt(content)


def test_too_large_and_too_long_are_refused() -> None:
    with pytest.raises(TooLarge):
        to_webvtt(b"1" * (2 * 1024 * 1024 + 1))
    with pytest.raises(CaptionTooLong):
        to_webvtt(("1\n00:00:01,000 --> 00:00:02,000\n" + "长" * 1001).encode())


# A hang guard, not a bound of speed: a reader that is quadratic in any of these needs minutes.
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "unit",
    [
        "<",
        "<a",
        "{\\",
        "&",
        "1\n",
        "-",
        "\n\n1",
        "1\n\n",
        "WEBVTT\n",
        "/*",
        "NOTE\n\n",
        "STYLE\n/*",
        "0:",
        "词\n\n",
        "00:00:01,000 --> 00:00:02,000\nx\n\n",
    ],
)
def test_a_large_file_of_the_same_trap_are_answered(unit: str) -> None:
    for head in ("1\n00:00:01,000 --> 00:00:02,000\nx\n", "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nx\n"):
        with contextlib.suppress(Invalid, TooLarge):
            to_webvtt((head + unit * (900_000 // len(unit.encode()))).encode())


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: ("1\n00:00:01,000 --> 00:00:02,000\n" + text).encode()))
def test_any_bytes_give_captions_or_words_about_them(content: bytes) -> None:
    try:
        text = to_webvtt(content)
    except HubError:
        return
    assert text.startswith("WEBVTT\n\n")
    assert "<" not in text
    assert to_webvtt(text.encode()) == text
