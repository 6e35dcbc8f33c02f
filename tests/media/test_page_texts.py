"""What a page says itself and what was read from its picture."""

import pytest

from resource_hub.media.rules import text_with_read


@pytest.mark.parametrize(
    ("own", "read", "text"),
    [
        ("", "从一张照片读出的文字", "从一张照片读出的文字"),
        (" \n", "a scan", "a scan"),
        ("谁是暖色", "iy BBY 3 BT KT", "谁是暖色"),
        ("谁是暖色", "", "谁是暖色"),
        ("第3页", "第 3 页\n认识分数的意义", "第3页\n第 3 页\n认识分数的意义"),
        ("- 7 -", "7\n一段扫描的课文", "- 7 -\n7\n一段扫描的课文"),
        ("冷与暖", "冷与暖\n画里的颜色", "冷与暖\n画里的颜色"),
    ],
)
def test_what_the_file_says_is_never_lost_to_what_was_read(own: str, read: str, text: str) -> None:
    assert text_with_read(own, read) == text
