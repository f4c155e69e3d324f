-- The record of an enterprise is told by the register alone, a tenth of all events. What every event tells, where it was
-- last seen and in what industry, lies in `events` in the order of subjects, and is read from there: kept here it cost a
-- third of every insert. Rows of those two fields from before are not read any more.
ALTER TABLE enterprise_fields_feed MODIFY QUERY
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
            if(startsWith(type, 'enterprise.'), [('region', concat('"', county, '"'))], [])
        ) AS tells
    FROM events
    WHERE subject != '' AND (startsWith(type, 'enterprise.') OR type = 'registration.cancelled')
)
ARRAY JOIN tells AS told
GROUP BY subject, field;
