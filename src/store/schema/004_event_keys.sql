-- The history of an address, a person, a phone, an agent, an equipment: one row for each that an event touches.
CREATE TABLE IF NOT EXISTS event_keys
(
    kind LowCardinality(String),
    key String CODEC(ZSTD),
    time_ms Int64,
    log_epoch LowCardinality(String),
    seq UInt64,
    idx UInt32,
    subject String CODEC(ZSTD),
    type LowCardinality(String),
    time DateTime64(3, 'Asia/Shanghai') MATERIALIZED fromUnixTimestamp64Milli(time_ms, 'Asia/Shanghai'),
    INDEX seq_range seq TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY (kind, key, time_ms, log_epoch, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_keys_feed TO event_keys AS
SELECT tupleElement(touched, 1) AS kind, tupleElement(touched, 2) AS key, time_ms, log_epoch, seq, idx, subject, type
FROM events
ARRAY JOIN keys AS touched;
