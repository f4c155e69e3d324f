import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../src/embedded/package-root.ts'
import { argumentsOfNode } from '../support/service.ts'

test('npm starts the service with what its first line says', () => {
  const { scripts } = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8')) as {
    scripts: Record<'demo' | 'start', string>
  }
  const program = ['node', ...argumentsOfNode(), 'dist/src/main.js'].join(' ')
  expect(argumentsOfNode()).toEqual([expect.stringMatching(/^--max-semi-space-size=\d+$/)])
  expect(scripts.start).toContain(`${program} serve`)
  expect(scripts.demo).toContain(`${program} demo`)
})
