import { Type } from '@sinclair/typebox'
import { projectCase } from '../../access/inventory-projection.ts'
import { YujingError } from '../../model/errors.ts'
import { InventoryItem, type InventoryPlace } from '../../model/inventory.ts'
import { LEVELS, type Level } from '../../model/level.ts'
import { Nullable } from '../../model/schema.ts'
import { grantOf } from '../authentication.ts'
import type { Inventory } from '../port-inventory.ts'
import { answers, commaList, wordList } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const List = (description: string) =>
  Type.Optional(Type.String({ maxLength: 2000, description: `${description}; comma-separated` }))

const Query = Type.Object({
  detector: List('Id or code'),
  region: List('GB/T 2260; one that ends in 00 means its subtree'),
  office: List('County codes whose lists are wanted; none: where they belong is not known'),
  level: List(LEVELS.join(', ')),
  limit: Type.Integer({ minimum: 1, maximum: 500, default: 50 }),
  cursor: Type.Optional(Type.String({ maxLength: 500, description: '`next` of the page before' })),
})

const Page = Type.Object({
  lists: Type.Array(
    Type.Object({
      detector: Type.String(),
      code: Type.String(),
      office: Nullable(Type.String({ description: 'County; null: where they belong is not known' })),
      count: Type.Integer(),
      levels: Type.Object(Object.fromEntries(LEVELS.map((level) => [level, Type.Integer()]))),
    }),
    { description: 'One list an office and detector; counts are of all that fits, not of the page' },
  ),
  items: Type.Array(InventoryItem, { description: 'By code, office, level and key' }),
  next: Nullable(Type.String({ description: 'Goes back as `cursor` for the next page' })),
})

/** What was there when a detector, a version or parameters went live: lists, not alerts. */
export function inventoryRoutes(server: Server, inventory: Inventory): void {
  server.get(
    '/v1/inventory',
    {
      config: { access: 'inventory.read' },
      schema: {
        tags: ['alerts'],
        summary: 'What already fulfilled a trigger when it went live (存量), by office and detector',
        description:
          'A key leaves the inventory when its level rises, and an alert opens; or when it falls below, and an alert opens once it crosses again.',
        querystring: Query,
        response: answers({ 200: Page }),
      },
    },
    async (request) => {
      const { identity } = grantOf(request)
      const { detector, region, office, level, limit, cursor } = request.query
      const { lists, cases } = await inventory.ask({
        areas: identity.areas,
        detectors: commaList(detector),
        regions: commaList(region),
        offices: commaList(office)?.map((code) => (code === 'none' ? '' : code)),
        levels: wordList('level', LEVELS, level),
        after: cursor === undefined ? null : decodePlace(cursor),
        most: limit + 1,
      })
      const items = cases.slice(0, limit)
      const last = items.at(-1)
      return {
        lists: lists.map(({ detector: id, code, office: county, levels }) => ({
          detector: id,
          code,
          office: county === '' ? null : county,
          count: LEVELS.reduce((sum, word) => sum + levels[word], 0),
          levels,
        })),
        items: items.map((found) => projectCase(identity, found)),
        next: cases.length > limit && last !== undefined ? encodePlace(last.place) : null,
      }
    },
  )
}

/** A place as an opaque string of `[A-Za-z0-9_-]`. */
function encodePlace({ code, office, level, key }: InventoryPlace): string {
  return Buffer.from(JSON.stringify([code, office, level, key])).toString('base64url')
}

/** Throws `request.invalid` for anything that `encodePlace` did not make. */
function decodePlace(text: string): InventoryPlace {
  const shape = /^\["([A-Z]{3}-\d{2})","(\d{6}|)","([a-z]+)",("(?:[^"\\]|\\.)+")\]$/
  const match = shape.exec(Buffer.from(text, 'base64url').toString())
  const level = LEVELS.find((word): word is Level => word === match?.[3])
  if (match === null || level === undefined) throw new YujingError('request.invalid', 'cursor: not one of this service')
  const [, code = '', office = ''] = match
  return { code, office, level, key: JSON.parse(match[4] as string) as string }
}
