"""What changes in the open doors: records, tokens, webhooks, feed addresses, learning platforms and their launches."""

from resource_hub.openings.service.feeds import end_feed, renew_feed
from resource_hub.openings.service.launches import begin_launch, bind_launch, destination_of, settle_launch, take_launch
from resource_hub.openings.service.platforms import add_platform, change_platform, end_binding, remove_platform
from resource_hub.openings.service.records import follow
from resource_hub.openings.service.statements import settle_statements, state_play, state_use, state_version, state_view
from resource_hub.openings.service.tokens import make_token, revoke_token
from resource_hub.openings.service.webhooks import (
    add_webhook,
    announce,
    remove_webhook,
    resume_webhook,
    secret_of,
    send_test,
    tell_use,
    tell_version,
)

__all__ = [
    "add_platform", "add_webhook", "announce", "begin_launch", "bind_launch", "change_platform", "destination_of", "end_binding",
    "end_feed", "follow", "make_token", "remove_platform", "remove_webhook", "renew_feed", "resume_webhook", "revoke_token",
    "secret_of", "send_test", "settle_launch", "settle_statements", "state_play", "state_use", "state_version", "state_view",
    "take_launch", "tell_use", "tell_version",
]  # fmt: skip
