"""The models of a community, after the provincial documents."""

from enum import StrEnum


class CommunityModel(StrEnum):
    MERGED = "merged"
    COOP = "coop"
    ASSOC = "assoc"
