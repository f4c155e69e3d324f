-- Which ids have ever come, with what content, and where: the door asks for the few it no longer holds itself.
CREATE TABLE IF NOT EXISTS event_ids
(
    id_hash UInt128,
    content_hash UInt64,
    log_epoch LowCardinality(String),
    seq UInt64,
    idx UInt32,
    INDEX seq_range seq TYPE minmax GRANULARITY 1
)
ENGINE = MergeTree
ORDER BY id_hash
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS event_ids_feed TO event_ids AS
SELECT id_hash, content_hash, log_epoch, seq, idx
FROM events;
