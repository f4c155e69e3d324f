import { describe, expect, it } from 'vitest'
import { wrongLimit } from '../../src/access/key-limits.ts'
import type { NewKey } from '../../src/access/key-record.ts'

const sender = (limits: object): NewKey => ({ name: '12315', role: 'ingest', sources: ['/sx/12315'], ...limits })

describe('what a key is limited to', () => {
  it.each<NewKey>([
    { name: 'chief', role: 'admin' },
    { name: 'wall', role: 'viewer' },
    { name: 'city', role: 'supervisor', areas: ['140105', '140100', '140000'] },
    sender({ sources: 'all', types: 'all', areas: 'all' }),
    sender({ types: ['complaint.filed', 'penalty.*'] }),
    sender({ sources: ['/sx/12315', 'urn:sx:registry'] }),
  ])('%o is taken', (key) => expect(wrongLimit(key)).toBeNull())

  it.each<[NewKey, string]>([
    [{ name: 'city', role: 'supervisor', areas: ['140105', '140199'] }, '140199'],
    [{ name: 'wall', role: 'viewer', areas: ['太原'] }, '太原'],
    [sender({ areas: ['140199'] }), '140199'],
    [sender({ types: ['complaint.filled'] }), 'complaint.filled'],
    [sender({ types: ['nothing.*'] }), 'nothing.*'],
    [sender({ types: ['*'] }), 'types: "*"'],
    [sender({ types: ['yujing.tick'] }), 'yujing.tick'],
    [sender({ sources: ['/sx/12315', ' /sx/other'] }), '/sx/other'],
    [sender({ sources: [''] }), 'sources'],
  ])('%o is wrong, and the sentence names it', (key, named) => expect(wrongLimit(key)).toContain(named))
})
