"""The building stages in order: group, pick, summarise, compose, render."""

from digest.pipeline.build import BuildInput, Built, build_edition
from digest.pipeline.compose import SUBJECT_CHARS, Heading, preheader, reheaded, shorten
from digest.pipeline.placing import tag_rules, taught_section

__all__ = [
    "SUBJECT_CHARS",
    "BuildInput",
    "Built",
    "Heading",
    "build_edition",
    "preheader",
    "reheaded",
    "shorten",
    "tag_rules",
    "taught_section",
]
