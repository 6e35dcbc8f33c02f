"""Which badges the platform's own facts give."""

from resource_hub.library.rules import derived_badges
from resource_hub.library.schemas import DerivedBadge, Review


def test_five_lessons_or_two_village_teachers_or_the_district_give_a_badge_each() -> None:
    assert derived_badges(Review.SCHOOL_PUBLISHED, 4, 1) == ()
    assert derived_badges(Review.DISTRICT_REVIEW, 5, 1) == (DerivedBadge.COMMON_LESSON,)
    assert derived_badges(Review.SCHOOL_PUBLISHED, 2, 2) == (DerivedBadge.VILLAGE_PROVEN,)
    assert derived_badges(Review.DISTRICT_PUBLISHED, 0, 0) == (DerivedBadge.DISTRICT_REVIEWED,)
    assert derived_badges(Review.DISTRICT_PUBLISHED, 9, 3) == tuple(DerivedBadge)
