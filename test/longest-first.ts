import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * Files and folders whose tests take long, the longest first. Begun last, one of them would run alone at the end while
 * the other workers stand idle; a machine that has never run the tests cannot know.
 */
const LONG = [
  'test/bench/',
  'test/chaos/',
  'test/replicas/',
  'test/simulate/',
  'test/acceptance/',
  'test/browser/',
  'test/import/',
  'test/backup/',
  'test/fuzz/',
]

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((place) => moduleId.includes(`/${place}`))
      return found === -1 ? LONG.length : found
    }
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b))
  }
}
