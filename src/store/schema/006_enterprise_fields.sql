-- The present record of every enterprise, a row a field: the value (as JSON) of the newest event that told it, by event
-- time, then by arrival. Feeding the same event twice changes nothing.
CREATE TABLE IF NOT EXISTS enterprise_fields
(
    subject String CODEC(ZSTD),
    field LowCardinality(String),
    value AggregateFunction(argMax, String, Tuple(Int64, Int64, UInt64, UInt32))
)
ENGINE = AggregatingMergeTree
ORDER BY (subject, field)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS enterprise_fields_feed TO enterprise_fields AS
SELECT
    subject,
    tupleElement(told, 1) AS field,
    argMaxState(tupleElement(told, 2), tuple(time_ms, received_ms, seq, idx)) AS value
FROM
(
    SELECT
        subject,
        time_ms,
        received_ms,
        seq,
        idx,
        -- JSON is opened only where the type calls for it: most events are none of these.
        if(type = 'enterprise.moved', JSONExtractString(data, 'to'), '') AS moved_to,
        if(type = 'enterprise.moved', JSONExtractString(register, 'status'), '') AS register_status,
        multiIf(
            type IN ('enterprise.registered', 'enterprise.resumed'), 'living',
            type = 'enterprise.dormant', 'dormant',
            type = 'enterprise.revoked', 'revoked',
            type = 'enterprise.deregistered', 'deregistered',
            type = 'registration.cancelled', 'cancelled',
            -- A move inside the province brings back who had left it; whether it had, only the register knows.
            type = 'enterprise.moved', if(moved_to = 'outside', 'moved-out', register_status),
            ''
        ) AS status,
        if(type = 'enterprise.moved' AND moved_to NOT IN ('', 'outside'), moved_to, region) AS county,
        if(type = 'enterprise.registered', JSONExtractKeysAndValuesRaw(data), []) AS registered,
        if(type = 'enterprise.changed', JSONExtractArrayRaw(data, 'changes'), []) AS changes,
        arrayMap(change -> (JSONExtractString(change, 'field'), JSONExtractRaw(change, 'after')), changes) AS changed,
        arrayConcat(
            registered,
            changed,
            if(type = 'enterprise.registered', [('registeredAt', toString(time_ms))], []),
            -- What kind of place a new address is has not been said: that of the old one does not move along.
            if(
                arrayExists(change -> tupleElement(change, 1) = 'address', changed)
                OR if(type = 'enterprise.registered', NOT JSONHas(data, 'addressKind'), false),
                [('addressKind', '"ordinary"')],
                []
            ),
            if(status = '', [], [('status', concat('"', status, '"'))]),
            -- Where it belongs its registration says; what others report of it says only where it was seen.
            [(if(startsWith(type, 'enterprise.'), 'region', 'seenIn'), concat('"', county, '"'))],
            if(industry = '', [], [('industry', concat('"', industry, '"'))])
        ) AS tells
    FROM events
    WHERE subject != ''
)
ARRAY JOIN tells AS told
GROUP BY subject, field;
