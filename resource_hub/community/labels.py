"""What the models of a community are called on pages; keys are the stored values."""

from flask_babel import lazy_gettext as _l

from resource_hub.community.schemas import CommunityModel

MODELS = {CommunityModel.MERGED: _l("融合型"), CommunityModel.COOP: _l("共建型"), CommunityModel.ASSOC: _l("协作型")}
