"""Statistics: arrays in, numbers out. One formula a file; no clock, log, file or configuration."""
