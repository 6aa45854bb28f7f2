"""Many leads at once: the rules of a playbook as one query, run where the leads are. Only this room imports Ibis."""

from scoring.bulk.changes import DECISIONS, changes
from scoring.bulk.columns import WrongColumn, lead_columns
from scoring.bulk.rescore import rescore
from scoring.bulk.stored import stored_leads, tables_of_rows

__all__ = ["DECISIONS", "WrongColumn", "changes", "lead_columns", "rescore", "stored_leads", "tables_of_rows"]
