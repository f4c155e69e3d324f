/** Stream of exported events, and how the consumers that the service keeps for its readers are called. */
export const EXPORT_STREAM = 'YUJING_EXPORT'
export const EXPORT_CONSUMERS = 'export-'

/** Name of the consumer by which a reader gets one of its types, or all. One filter each: older servers know no more. */
export function exportConsumer(reader: string, type: string): string {
  const word = type.replaceAll('.', '_').replaceAll('*', 'any')
  return type === 'all' ? `${EXPORT_CONSUMERS}${reader}` : `${EXPORT_CONSUMERS}${reader}-${word}`
}

/** What a reader may publish and subscribe to in NATS: the news of its types, and asking for what its consumers hold. */
export function exportPermissions(
  reader: string,
  types: readonly string[] | 'all',
): { readonly publish: readonly string[]; readonly subscribe: readonly string[] } {
  const all = types === 'all' ? ['all'] : types
  const consumers = all.map((type) => `${EXPORT_STREAM}.${exportConsumer(reader, type)}`)
  return {
    publish: consumers.flatMap((one) => [
      `$JS.API.CONSUMER.INFO.${one}`,
      `$JS.API.CONSUMER.MSG.NEXT.${one}`,
      `$JS.ACK.${one}.>`,
    ]),
    subscribe: [...all.map((type) => `yujing.export.${type === 'all' ? '>' : type}`), `_INBOX.${reader}.>`],
  }
}
