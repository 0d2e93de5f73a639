"""Information-governance routines for NHS data.

Pseudonymise identifiers, mask and generalise fields, suppress small numbers, release only what a data sharing
agreement allows and only for people who have not opted out, and keep an audit trail. The rules are written once, in
Rust, and give the same bytes from Rust, Python and Polars.
"""

from importlib.util import find_spec

from nhs_ig import errors
from nhs_ig._core import (
    Agreement,
    Column,
    Decision,
    Key,
    KeyEntry,
    KeyRing,
    KeyRingFile,
    NameList,
    NhsNumber,
    NotOptedOut,
    OptedOut,
    Permit,
    PerturbationTable,
    Request,
    SignerKey,
    SuppressionPolicy,
    Table,
    VerifiedActor,
    __version__,
    forget_key,
    forget_names,
    read_table,
)
from nhs_ig._pseudonymiser import Pseudonymiser
from nhs_ig.agreements import (
    agreement_register,
    agreement_schema,
    data_use_register,
    draft_agreement,
    register_html,
)
from nhs_ig.audit import AuditLog
from nhs_ig.audit_checkpoints import (
    AuditCheckpoint,
    AuditProof,
    check_consistency_proof,
    check_inclusion_proof,
)
from nhs_ig.audit_handler import AuditHandler
from nhs_ig.audit_projections import AuditSource, project_audit
from nhs_ig.audit_reading import (
    AuditCoverage,
    AuditReport,
    AuditTail,
    audit_coverage,
    read_audit,
    tail_audit,
    verify_audit,
)
from nhs_ig.audit_runs import in_this_run, run
from nhs_ig.audit_sql import SqlSink, audit_sql_table, copy_audit_to_sql_table, verify_audit_sql_table
from nhs_ig.errors import (
    AccessError,
    AuditError,
    ExportError,
    IdentifierError,
    IgError,
    KeyError,  # noqa: A004 - the group's name in every language
    MisuseError,
    PolicyError,
)
from nhs_ig.files import write_table
from nhs_ig.identity import TokenVerifier
from nhs_ig.incidents import Incident, incident_grid, read_incident
from nhs_ig.linked_tables import audit_linked, suppress_linked
from nhs_ig.linking import CrosswalkReport, check_linkable, crosswalk, pseudonym_specs
from nhs_ig.magnitudes import suppress_magnitudes
from nhs_ig.masking import (
    age_band,
    bottom_code,
    generalise_date,
    mask_partial,
    postcode_area,
    postcode_district,
    postcode_sector,
    redact,
    round_to,
    top_code,
)
from nhs_ig.merging import MergeSuggestion, suggest_merges
from nhs_ig.microdata import (
    MicrodataRisk,
    SensitiveRisk,
    Suggestion,
    Uniqueness,
    k_anonymity,
    l_diversity,
    microdata_risk,
    rows_at_risk,
    suggest_generalisation,
    t_closeness,
    uniqueness,
)
from nhs_ig.numbers import (
    format_nhs_number,
    invalid_reason,
    is_nhs_number,
    nhs_number_region,
    normalise_nhs_number,
)
from nhs_ig.opt_out_checks import CheckFile, OptOutCheck
from nhs_ig.opt_outs import (
    OptOutCounts,
    OptOutFilter,
    count_opt_outs,
    exclude_opted_out,
    may_stay,
    read_check_file,
)
from nhs_ig.perturbation import perturb_counts
from nhs_ig.rates import RatesResult, suppress_rates
from nhs_ig.reidentification import reidentify, reidentify_numbers
from nhs_ig.releases import Release, manifest_schema, release
from nhs_ig.rounding import round_additively, round_randomly
from nhs_ig.scrubbing import scrub_findings, scrub_text
from nhs_ig.suppression import (
    SuppressionResult,
    WideSuppressionResult,
    frequency_table,
    suppress,
    suppress_primary,
)
from nhs_ig.table_audits import TableAudit, audit_table
from nhs_ig.table_views import table_html

if find_spec("polars") is not None:
    # Registers the namespace `ig` on Polars expressions and Series.
    from nhs_ig import _polars  # noqa: F401

__all__ = [
    "AccessError",
    "Agreement",
    "AuditCheckpoint",
    "AuditCoverage",
    "AuditError",
    "AuditHandler",
    "AuditLog",
    "AuditProof",
    "AuditReport",
    "AuditSource",
    "AuditTail",
    "CheckFile",
    "Column",
    "CrosswalkReport",
    "Decision",
    "ExportError",
    "IdentifierError",
    "IgError",
    "Incident",
    "Key",
    "KeyEntry",
    "KeyError",
    "KeyRing",
    "KeyRingFile",
    "MergeSuggestion",
    "MicrodataRisk",
    "MisuseError",
    "NameList",
    "NhsNumber",
    "NotOptedOut",
    "OptOutCheck",
    "OptOutCounts",
    "OptOutFilter",
    "OptedOut",
    "Permit",
    "PerturbationTable",
    "PolicyError",
    "Pseudonymiser",
    "RatesResult",
    "Release",
    "Request",
    "SensitiveRisk",
    "SignerKey",
    "SqlSink",
    "Suggestion",
    "SuppressionPolicy",
    "SuppressionResult",
    "Table",
    "TableAudit",
    "TokenVerifier",
    "Uniqueness",
    "VerifiedActor",
    "WideSuppressionResult",
    "__version__",
    "age_band",
    "agreement_register",
    "agreement_schema",
    "audit_coverage",
    "audit_linked",
    "audit_sql_table",
    "audit_table",
    "bottom_code",
    "check_consistency_proof",
    "check_inclusion_proof",
    "check_linkable",
    "copy_audit_to_sql_table",
    "count_opt_outs",
    "crosswalk",
    "data_use_register",
    "draft_agreement",
    "errors",
    "exclude_opted_out",
    "forget_key",
    "forget_names",
    "format_nhs_number",
    "frequency_table",
    "generalise_date",
    "in_this_run",
    "incident_grid",
    "invalid_reason",
    "is_nhs_number",
    "k_anonymity",
    "l_diversity",
    "manifest_schema",
    "mask_partial",
    "may_stay",
    "microdata_risk",
    "nhs_number_region",
    "normalise_nhs_number",
    "perturb_counts",
    "postcode_area",
    "postcode_district",
    "postcode_sector",
    "project_audit",
    "pseudonym_specs",
    "read_audit",
    "read_check_file",
    "read_incident",
    "read_table",
    "redact",
    "register_html",
    "reidentify",
    "reidentify_numbers",
    "release",
    "round_additively",
    "round_randomly",
    "round_to",
    "rows_at_risk",
    "run",
    "scrub_findings",
    "scrub_text",
    "suggest_generalisation",
    "suggest_merges",
    "suppress",
    "suppress_linked",
    "suppress_magnitudes",
    "suppress_primary",
    "suppress_rates",
    "t_closeness",
    "table_html",
    "tail_audit",
    "top_code",
    "uniqueness",
    "verify_audit",
    "verify_audit_sql_table",
    "write_table",
]
