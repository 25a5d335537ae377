"""Work on files, without a service: read tables, freeze references."""

from model_monitoring_processor.offline.freeze import Columns, freeze, open_reference
from model_monitoring_processor.offline.tables import Table, read_table

__all__ = ["Columns", "Table", "freeze", "open_reference", "read_table"]
