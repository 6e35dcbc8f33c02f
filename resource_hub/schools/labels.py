"""What places are called on pages; keys are the stored values.

Apart from ``schemas`` because these words are translated and those values never change.
"""

from flask_babel import lazy_gettext as _l

from resource_hub.schools.schemas import Grade, Locality, SchoolKind

KINDS = {
    SchoolKind.KINDERGARTEN: _l("幼儿园"),
    SchoolKind.PRIMARY: _l("小学"),
    SchoolKind.NINE_YEAR: _l("九年一贯制学校"),
    SchoolKind.JUNIOR: _l("初中"),
    SchoolKind.TEACHING_POINT: _l("教学点"),
}
LOCALITIES = {Locality.CITY: _l("城区"), Locality.TOWN: _l("乡镇"), Locality.VILLAGE: _l("村")}
GRADES = {
    Grade.K1: _l("小班"),
    Grade.K2: _l("中班"),
    Grade.K3: _l("大班"),
    Grade.G1: _l("一年级"),
    Grade.G2: _l("二年级"),
    Grade.G3: _l("三年级"),
    Grade.G4: _l("四年级"),
    Grade.G5: _l("五年级"),
    Grade.G6: _l("六年级"),
    Grade.G7: _l("七年级"),
    Grade.G8: _l("八年级"),
    Grade.G9: _l("九年级"),
}
TERMS = {1: _l("第一学期"), 2: _l("第二学期")}
