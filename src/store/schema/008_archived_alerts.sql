-- Finished alerts that have left the key-value store: each whole, as it stood last. The columns beside it are what lists
-- are filtered by. An alert that was reopened and finished again is written again; the newer one counts (FINAL).
CREATE TABLE IF NOT EXISTS archived_alerts
(
    id String,
    updated_ms Int64 CODEC(Delta, ZSTD),
    revision UInt64,
    status LowCardinality(String),
    level LowCardinality(String),
    detector LowCardinality(String),
    code LowCardinality(String),
    regions Array(LowCardinality(String)),
    industry LowCardinality(String),
    department LowCardinality(String),
    subject String,
    enterprises Array(String),
    assignee String,
    historic Bool,
    test Bool,
    words String CODEC(ZSTD),
    memory String CODEC(ZSTD),
    alert String CODEC(ZSTD)
)
ENGINE = ReplacingMergeTree(updated_ms)
ORDER BY id;
