-- Ticks, parameters, versions and terms of writers, at their place in the log: rebuilds reach beyond its retention.
CREATE TABLE IF NOT EXISTS control_entries
(
    log_epoch LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD),
    at_ms Int64 CODEC(Delta, ZSTD),
    type LowCardinality(String),
    data String CODEC(ZSTD)
)
ENGINE = MergeTree
ORDER BY (log_epoch, seq)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
