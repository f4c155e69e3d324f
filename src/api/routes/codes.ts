import { Type } from '@sinclair/typebox'
import { knownAreas } from '../../model/area.ts'
import { knownIndustries } from '../../model/industry.ts'
import { Nullable } from '../../model/schema.ts'
import { answers } from '../schemas/common.ts'
import type { Server } from '../server.ts'

const Code = { code: Type.String(), name: Type.String() }
const Named = Type.Object(Code)
const Year = Nullable(Type.Integer({ description: 'Year of the edition of the codes from which on; null: ever since' }))

const Codes = Type.Object({
  areas: Type.Object({
    province: Named,
    cities: Type.Array(Named),
    counties: Type.Array(Type.Object({ ...Code, since: Year })),
    abolished: Type.Array(Type.Object({ ...Code, until: Type.Integer(), now: Type.Array(Type.String()) }), {
      description: 'Taken as the one county they became; refused where they were shared out among several',
    }),
  }),
  industries: Type.Array(Type.Object({ section: Type.String(), name: Type.String(), divisions: Type.Array(Named) })),
})

/** The codes that the door takes, for those who connect a source. */
export function codeRoutes(server: Server): void {
  server.get(
    '/v1/codes',
    {
      config: { access: 'docs.read' },
      schema: {
        tags: ['sources'],
        summary: 'Areas (GB/T 2260) and industries (GB/T 4754-2017) as the door takes them',
        response: answers({ 200: Codes }),
      },
    },
    async () => ({ areas: knownAreas(), industries: knownIndustries() }),
  )
}
