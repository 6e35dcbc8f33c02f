"""What the audit mounts: nothing yet but its place in the order of the house."""

from resource_hub.infra.features import Feature

FEATURE = Feature(name="audit")
