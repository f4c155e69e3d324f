-- From a position to the place in `events`, and the log's order for rebuilds.
CREATE TABLE IF NOT EXISTS event_positions
(
    log_epoch LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD),
    idx UInt32 CODEC(Delta, ZSTD),
    received_ms Int64 CODEC(Delta, ZSTD),
    subject String CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD)
)
ENGINE = MergeTree
ORDER BY (log_epoch, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_positions_feed TO event_positions AS
SELECT log_epoch, seq, idx, received_ms, subject, time_ms
FROM events;
