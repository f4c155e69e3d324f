-- What was refused, by code, without the event: the sealed payload lies in the quarantine of the log for 30 days.
CREATE TABLE IF NOT EXISTS quarantine_codes
(
    received_ms Int64 CODEC(Delta, ZSTD),
    code LowCardinality(String),
    source LowCardinality(String),
    received_at DateTime64(3, 'Asia/Shanghai') MATERIALIZED fromUnixTimestamp64Milli(received_ms, 'Asia/Shanghai')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (code, received_ms)
TTL toDateTime(received_at) + INTERVAL 3 YEAR;
