"""What places are called on pages; keys are the stored values.

Apart from ``schemas`` because these words are translated and those values never change.
"""

from flask_babel import lazy_gettext as _l

from resource_hub.schools.schemas import Locality, SchoolKind

KINDS = {
    SchoolKind.KINDERGARTEN: _l("幼儿园"),
    SchoolKind.PRIMARY: _l("小学"),
    SchoolKind.NINE_YEAR: _l("九年一贯制学校"),
    SchoolKind.JUNIOR: _l("初中"),
    SchoolKind.TEACHING_POINT: _l("教学点"),
}
LOCALITIES = {Locality.CITY: _l("城区"), Locality.TOWN: _l("乡镇"), Locality.VILLAGE: _l("村")}
