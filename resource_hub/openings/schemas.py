"""Words and input shapes of the open doors."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from resource_hub.kernel.errors import N_


class Happening(StrEnum):
    """What a webhook may be told of; only of resources that the whole district may see."""

    PUBLISHED = "resource.published"
    WITHDRAWN = "resource.withdrawn"
    VERSION = "version.published"
    USED = "resource.used"


HAPPENING_LABELS = {
    Happening.PUBLISHED: N_("资源在全区发布"),
    Happening.WITHDRAWN: N_("资源下架或不再全区发布"),
    Happening.VERSION: N_("全区发布的资源有了新版本"),
    Happening.USED: N_("全区资源被用于上课"),
}
TEST = "test"
"""The event of a message that an administrator sends to try a webhook."""


class TokenForm(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str = Field(min_length=1, max_length=60)


class PlatformForm(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str = Field(min_length=1, max_length=60)
    issuer: str = Field(min_length=1, max_length=255)
    client_id: str = Field(min_length=1, max_length=255)
    auth_url: str = Field(min_length=1, max_length=1000)
    keys_url: str = Field(min_length=1, max_length=1000)
    deployments: str = Field("", max_length=4000)


class PlatformChange(BaseModel):
    """What of a platform may change; whom it means stays."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    name: str = Field(min_length=1, max_length=60)
    auth_url: str = Field(min_length=1, max_length=1000)
    keys_url: str = Field(min_length=1, max_length=1000)
    deployments: str = Field("", max_length=4000)


class BindingForm(BaseModel):
    """The own account, by which a launch is bound."""

    model_config = ConfigDict(extra="forbid")
    account: str = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=200)


class WebhookForm(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    url: str = Field(min_length=1, max_length=1000)
    events: list[Happening] | Happening = Field(default_factory=lambda: list(Happening))

    @property
    def chosen(self) -> list[Happening]:
        return self.events if isinstance(self.events, list) else [self.events]
