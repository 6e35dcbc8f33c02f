"""What media mounts."""

from flask_babel import lazy_gettext as _l

from resource_hub.infra.features import Desk, Feature, Permission
from resource_hub.infra.jobs import JobKind
from resource_hub.kernel.viewer import SHARERS
from resource_hub.media import api, consent_access, consent_api, consent_jobs, consent_views, jobs, moment_pictures, transcript_api, views

FEATURE = Feature(
    name="media",
    blueprints=(api.blueprint, transcript_api.blueprint, views.blueprint, consent_api.blueprint, consent_views.blueprint),
    permissions=(
        Permission("media.upload", "上传文件，管理自己上传的文件", SHARERS),
        Permission("media.consent", "管理本校的录制告知书", consent_access.KEEPERS),
        Permission("media.view", "查看有权查看的文件"),
    ),
    desks=(Desk(_l("录制告知书"), _l("家长同意登记到人数，录像凭它离开学校"), "/consents", "camera", ("media.consent",)),),
    jobs=(
        JobKind("media.sweep", "light", jobs.sweep),
        JobKind("media.sweep_objects", "light", jobs.sweep_objects),
        JobKind("media.expire_consents", "light", consent_jobs.expire),
        JobKind("media.erase_recordings", "light", consent_jobs.erase),
        JobKind("media.join", "intake"),
        JobKind("media.inspect", "intake"),
        JobKind("media.ladder", "video"),
        JobKind("media.voice", "video"),
        JobKind("media.storyboard", "light"),
        JobKind("media.paper", "paper"),
        JobKind("media.ocr", "scan"),
        JobKind("media.slides", "scan"),
        JobKind("media.speech", "speech"),
        JobKind("media.film", "pack"),
        JobKind("media.order_speech", "light", jobs.order_speech),
    ),
    pictures=moment_pictures.pictures_of,
    sweeps={
        "media.sweep": 600,
        "media.sweep_objects": 6 * 3600,
        "media.expire_consents": 3600,
        "media.erase_recordings": 3600,
        "media.order_speech": 1800,
    },
)
