-- What the events of one enterprise told of its record, before it is aggregated: an aggregate cannot give back what was
-- withdrawn, so the record of an enterprise with corrected events is told from here, without them.
CREATE VIEW IF NOT EXISTS told_fields AS
SELECT id_hash, time_ms, received_ms, seq, idx, tupleElement(told, 1) AS field, tupleElement(told, 2) AS value
FROM
(
    SELECT
        id_hash,
        time_ms,
        received_ms,
        seq,
        idx,
        if(type = 'enterprise.moved', JSONExtractString(data, 'to'), '') AS moved_to,
        if(type = 'enterprise.moved', JSONExtractString(register, 'status'), '') AS register_status,
        multiIf(
            type IN ('enterprise.registered', 'enterprise.resumed'), 'living',
            type = 'enterprise.dormant', 'dormant',
            type = 'enterprise.revoked', 'revoked',
            type = 'enterprise.deregistered', 'deregistered',
            type = 'registration.cancelled', 'cancelled',
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
            if(
                arrayExists(change -> tupleElement(change, 1) = 'address', changed)
                OR if(type = 'enterprise.registered', NOT JSONHas(data, 'addressKind'), false),
                [('addressKind', '"ordinary"')],
                []
            ),
            if(status = '', [], [('status', concat('"', status, '"'))]),
            if(startsWith(type, 'enterprise.'), [('region', concat('"', county, '"'))], [])
        ) AS tells
    FROM events
    WHERE subject = {code:String} AND (startsWith(type, 'enterprise.') OR type = 'registration.cancelled')
)
ARRAY JOIN tells AS told;
