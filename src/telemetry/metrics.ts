import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { DropReason, DropStep } from './drops.ts'

/** From the request's arrival to a finding or a frame, in seconds; the promise is 0.1 s at p99. */
const LATENCY_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export type Metrics = ReturnType<typeof createMetrics>

/** Every metric of the service, with name, unit and help: the one place to look them up. */
export function createMetrics() {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  return {
    registry,
    eventsTotal: new Counter({
      name: 'yujing_events_total',
      help: 'Events that passed the door, by type and outcome (stored, duplicate, reused, refused; parked, and stored when let go).',
      labelNames: ['type', 'outcome'] as const,
      registers,
    }),
    eventsRejectedTotal: new Counter({
      name: 'yujing_events_rejected_total',
      help: 'Events refused at the door, by code.',
      labelNames: ['code'] as const,
      registers,
    }),
    requestsTotal: new Counter({
      name: 'yujing_requests_total',
      help: 'HTTP requests answered, by the pattern of the route ("none" where there is none) and status.',
      labelNames: ['route', 'status'] as const,
      registers,
    }),
    requestsRefusedTotal: new Counter({
      name: 'yujing_requests_refused_total',
      help: 'HTTP requests refused as a whole, by code; bytes that are no HTTP included.',
      labelNames: ['code'] as const,
      registers,
    }),
    eventsStoredTotal: new Counter({
      name: 'yujing_events_stored_total',
      help: 'Events inserted into ClickHouse.',
      registers,
    }),
    findingsTotal: new Counter({
      name: 'yujing_findings_total',
      help: 'Findings of detection.',
      labelNames: ['detector'] as const,
      registers,
    }),
    alertsTotal: new Counter({
      name: 'yujing_alerts_total',
      help: 'Alerts opened.',
      labelNames: ['detector', 'level'] as const,
      registers,
    }),
    ingestToFindingSeconds: new Histogram({
      name: 'yujing_ingest_to_finding_seconds',
      help: 'From the stamp at the door to the finding acknowledged by the log, seconds.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    ingestToFeedSeconds: new Histogram({
      name: 'yujing_ingest_to_feed_seconds',
      help: 'From the stamp at the door to the frame on the live feed, seconds.',
      buckets: LATENCY_BUCKETS,
      registers,
    }),
    liveClients: new Gauge({ name: 'yujing_live_clients', help: 'Open connections of the live feed.', registers }),
    logLag: new Gauge({
      name: 'yujing_log_lag',
      help: 'Log messages a consumer is behind.',
      labelNames: ['consumer'] as const,
      registers,
    }),
    logPurgedTotal: new Counter({
      name: 'yujing_log_purged_total',
      help: 'Messages of the log that were given up: stored, behind every snapshot, and old enough.',
      registers,
    }),
    logFirstAgeSeconds: new Gauge({
      name: 'yujing_log_first_age_seconds',
      help: 'Log time between the first message that the log still holds and the last, seconds.',
      registers,
    }),
    diskFreeBytes: new Gauge({
      name: 'yujing_disk_free_bytes',
      help: 'Free bytes of the disk of the data directory, as far as the service may have them.',
      registers,
    }),
    diskReserveBytes: new Gauge({
      name: 'yujing_disk_reserve_bytes',
      help: 'Bytes held on the disk for the worst case; 0 while they are given up.',
      registers,
    }),
    findingsHeld: new Gauge({
      name: 'yujing_findings_held',
      help: 'Findings on what has not happened that wait for their source to declare that it sent everything.',
      labelNames: ['detector'] as const,
      registers,
    }),
    heldFindingsTotal: new Counter({
      name: 'yujing_held_findings_total',
      help: 'Held findings that were told at last (released) or came to nothing (dropped).',
      labelNames: ['detector', 'outcome'] as const,
      registers,
    }),
    stateKeys: new Gauge({
      name: 'yujing_state_keys',
      help: 'Keys held in detection state.',
      labelNames: ['detector'] as const,
      registers,
    }),
    stateBytes: new Gauge({ name: 'yujing_state_bytes', help: 'Bytes of detection state.', registers }),
    snapshotAgeSeconds: new Gauge({
      name: 'yujing_snapshot_age_seconds',
      help: 'Age of the oldest partition snapshot, seconds.',
      registers,
    }),
    sourceSilenceSeconds: new Gauge({
      name: 'yujing_source_silence_seconds',
      help: 'Seconds since a registered source last sent; all others under "other".',
      labelNames: ['source'] as const,
      registers,
    }),
    laneWaiting: new Gauge({
      name: 'yujing_lane_waiting',
      help: 'Events that wait to be appended to the log, by lane (live, batch).',
      labelNames: ['lane'] as const,
      registers,
    }),
    inboxWaiting: new Gauge({
      name: 'yujing_inbox_waiting',
      help: 'Messages that sources have left in their inboxes and nobody has dealt with.',
      registers,
    }),
    inboxMessagesTotal: new Counter({
      name: 'yujing_inbox_messages_total',
      help: 'Messages of inboxes that went through the door or into quarantine.',
      registers,
    }),
    exportedEventsTotal: new Counter({
      name: 'yujing_exported_events_total',
      help: 'Events published for others at yujing.export.<type>.',
      registers,
    }),
    parkedCorrections: new Gauge({
      name: 'yujing_parked_corrections',
      help: 'Corrections that wait for the event they correct.',
      registers,
    }),
    clockInDoubt: new Gauge({
      name: 'yujing_clock_in_doubt',
      help: '1 while the clock is not believed and nothing is taken, else 0.',
      registers,
    }),
    clockOffsetSeconds: new Gauge({
      name: 'yujing_clock_offset_seconds',
      help: 'Wall clock minus where the monotonic clock says it should be, seconds.',
      registers,
    }),
    lead: new Gauge({ name: 'yujing_lead', help: '1 while this process leads, else 0.', registers }),
    storing: new Gauge({
      name: 'yujing_storing',
      help: '1 while this process carries the log into ClickHouse, else 0.',
      registers,
    }),
    detectGroups: new Gauge({
      name: 'yujing_detect_groups',
      help: 'Groups of partitions (16 in all) that this process detects for.',
      registers,
    }),
    dropsTotal: new Counter<'step' | 'reason'>({
      name: 'yujing_drops_total',
      help: 'What came in and did not go on, by step and reason.',
      labelNames: ['step', 'reason'] as const,
      registers,
    }),
  }
}

/** Counts a drop; the types hold step and reason to their closed sets. */
export function countDrop(metrics: Metrics, step: DropStep, reason: DropReason, count = 1): void {
  metrics.dropsTotal.inc({ step, reason }, count)
}
