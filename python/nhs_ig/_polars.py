"""Polars: the expression plugin and the ``ig`` namespace."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
from polars.plugins import register_plugin_function

from nhs_ig import _core, masking, numbers, scrubbing, suppression
from nhs_ig import opt_outs as opt_outs_module
from nhs_ig._columns import settings_of

if TYPE_CHECKING:
    from nhs_ig._pseudonymiser import Pseudonymiser

_LIBRARY = Path(_core.__file__)


def expression(column: pl.Expr, act_text: str) -> pl.Expr:
    """Return the expression that applies an act; it carries settings and a key id, never a key."""
    return register_plugin_function(
        plugin_path=_LIBRARY,
        function_name="ig_act",
        args=[column],
        kwargs=dict(settings_of(act_text)),
        is_elementwise=True,
    )


class _Acts:
    """The acts on one Polars column. Each has the settings of the function of the same name in ``nhs_ig``."""

    def __init__(self, column: Any) -> None:
        self._column = column

    def pseudonymise(self, pseudonymiser: Pseudonymiser, **settings: Any) -> Any:
        """Replace identifiers by pseudonyms; see ``nhs_ig.Pseudonymiser.pseudonymise``."""
        return pseudonymiser.pseudonymise(self._column, **settings)

    def pseudonymise_fields(self, pseudonymiser: Pseudonymiser, **settings: Any) -> Any:
        """Replace the rows of a struct by one pseudonym; see ``nhs_ig.Pseudonymiser.pseudonymise_fields``."""
        return pseudonymiser.pseudonymise_fields(self._column, **settings)

    def tokenise(self, pseudonymiser: Pseudonymiser, **settings: Any) -> Any:
        """Replace identifiers by tokens; see ``nhs_ig.Pseudonymiser.tokenise``."""
        return pseudonymiser.tokenise(self._column, **settings)

    def encrypt_numbers(self, pseudonymiser: Pseudonymiser, **settings: Any) -> Any:
        """Replace NHS numbers by other ten digits; see ``nhs_ig.Pseudonymiser.encrypt_numbers``."""
        return pseudonymiser.encrypt_numbers(self._column, **settings)

    def is_nhs_number(self) -> Any:
        """Say whether each cell is a valid NHS number; see ``nhs_ig.is_nhs_number``."""
        return numbers.is_nhs_number(self._column)

    def invalid_reason(self) -> Any:
        """Say why each cell is not a valid NHS number; see ``nhs_ig.invalid_reason``."""
        return numbers.invalid_reason(self._column)

    def normalise_nhs_number(self, **settings: Any) -> Any:
        """Write each number as ten digits; see ``nhs_ig.normalise_nhs_number``."""
        return numbers.normalise_nhs_number(self._column, **settings)

    def format_nhs_number(self, **settings: Any) -> Any:
        """Write each number in its 3-3-4 form; see ``nhs_ig.format_nhs_number``."""
        return numbers.format_nhs_number(self._column, **settings)

    def nhs_number_region(self, **settings: Any) -> Any:
        """Say who issues numbers of its range; see ``nhs_ig.nhs_number_region``."""
        return numbers.nhs_number_region(self._column, **settings)

    def may_stay(self, opt_outs: Any) -> Any:
        """Say whether the row of each person may stay; see ``nhs_ig.may_stay``."""
        return opt_outs_module.may_stay(self._column, opt_outs)

    def redact(self) -> Any:
        """Replace every value by a fixed word; see ``nhs_ig.redact``."""
        return masking.redact(self._column)

    def mask_partial(self, **settings: Any) -> Any:
        """Show a few characters at either end; see ``nhs_ig.mask_partial``."""
        return masking.mask_partial(self._column, **settings)

    def scrub_text(self, **settings: Any) -> Any:
        """Put tags in place of personal data in free text; see ``nhs_ig.scrub_text``."""
        return scrubbing.scrub_text(self._column, **settings)

    def scrub_findings(self, **settings: Any) -> Any:
        """Return what is found in a Series of free text as a table; see ``nhs_ig.scrub_findings``."""
        return scrubbing.scrub_findings(self._column, **settings)

    def generalise_date(self, **settings: Any) -> Any:
        """Keep month, quarter or year; see ``nhs_ig.generalise_date``."""
        return masking.generalise_date(self._column, **settings)

    def shift_date(self, pseudonymiser: Pseudonymiser, **settings: Any) -> Any:
        """Move the dates of each person by the same days; see ``nhs_ig.Pseudonymiser.shift_date``."""
        return pseudonymiser.shift_date(self._column, **settings)

    def top_code(self, **settings: Any) -> Any:
        """Cut high numbers off; see ``nhs_ig.top_code``."""
        return masking.top_code(self._column, **settings)

    def bottom_code(self, **settings: Any) -> Any:
        """Cut low numbers off; see ``nhs_ig.bottom_code``."""
        return masking.bottom_code(self._column, **settings)

    def round_to(self, **settings: Any) -> Any:
        """Round to multiples; see ``nhs_ig.round_to``."""
        return masking.round_to(self._column, **settings)

    def suppress_primary(self, **settings: Any) -> Any:
        """Hide small counts, each looked at alone; not enough beside totals, see ``nhs_ig.suppress_primary``."""
        return suppression.suppress_primary(self._column, **settings)

    def age_band(self, **settings: Any) -> Any:
        """Put ages into bands; see ``nhs_ig.age_band``."""
        return masking.age_band(self._column, **settings)

    def postcode_area(self, **settings: Any) -> Any:
        """Keep the letters of the area; see ``nhs_ig.postcode_area``."""
        return masking.postcode_area(self._column, **settings)

    def postcode_district(self, **settings: Any) -> Any:
        """Keep the district; see ``nhs_ig.postcode_district``."""
        return masking.postcode_district(self._column, **settings)

    def postcode_sector(self, **settings: Any) -> Any:
        """Keep the sector; see ``nhs_ig.postcode_sector``."""
        return masking.postcode_sector(self._column, **settings)


@pl.api.register_expr_namespace("ig")
class ExpressionActs(_Acts):
    """``pl.col(…).ig``: the acts of ``nhs_ig`` as expressions, eager, lazy and streaming."""


@pl.api.register_series_namespace("ig")
class SeriesActs(_Acts):
    """``series.ig``: the acts of ``nhs_ig`` on a Series."""
