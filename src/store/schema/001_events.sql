-- Every event, once. The first columns are the row format of the log (src/model/row.ts) in its order.
-- Partitioned by the month of arrival: a batch touches one or two partitions, however old its events are.
CREATE TABLE IF NOT EXISTS events
(
    log_epoch LowCardinality(String),
    seq UInt64 CODEC(Delta, ZSTD),
    idx UInt32,
    received_ms Int64 CODEC(Delta, ZSTD),
    source LowCardinality(String),
    id String CODEC(ZSTD),
    type LowCardinality(String),
    subject String CODEC(ZSTD),
    time_ms Int64 CODEC(Delta, ZSTD),
    region LowCardinality(String),
    region_original LowCardinality(String),
    industry LowCardinality(String),
    backfill UInt8,
    test UInt8,
    retracts String,
    data String CODEC(ZSTD),
    register String CODEC(ZSTD),
    keys Array(Tuple(LowCardinality(String), String)) CODEC(ZSTD),
    id_hash UInt128,
    content_hash UInt64,
    time DateTime64(3, 'Asia/Shanghai') MATERIALIZED fromUnixTimestamp64Milli(time_ms, 'Asia/Shanghai'),
    received_at DateTime64(3, 'Asia/Shanghai') MATERIALIZED fromUnixTimestamp64Milli(received_ms, 'Asia/Shanghai'),
    -- Finds the few batches of an intent among all events of their months.
    INDEX seq_range seq TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (subject, time_ms, log_epoch, seq, idx)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;
