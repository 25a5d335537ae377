"""From OTLP bytes to durable panes: decode, commit, and the two servers in front."""

from model_monitoring_processor.ingest.committer import Committer
from model_monitoring_processor.ingest.decode import Decoded, Rejection, decode_logs
from model_monitoring_processor.ingest.grpc_server import GrpcServer
from model_monitoring_processor.ingest.http_server import HttpServer
from model_monitoring_processor.ingest.intake import Intake
from model_monitoring_processor.ingest.summary import CommitSummary, ModelCommit

__all__ = [
    "CommitSummary",
    "Committer",
    "Decoded",
    "GrpcServer",
    "HttpServer",
    "Intake",
    "ModelCommit",
    "Rejection",
    "decode_logs",
]
