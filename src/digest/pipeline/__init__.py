"""The building stages in order: group, pick, summarise, compose, render."""

from digest.pipeline.build import BuildInput, Built, build_edition
from digest.pipeline.compose import Heading, reheaded
from digest.pipeline.placing import taught_section

__all__ = ["BuildInput", "Built", "Heading", "build_edition", "reheaded", "taught_section"]
