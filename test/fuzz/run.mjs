/** `npm run fuzz -- --minutes N --seed S`: the fuzzer for so long; the seed of a failure is printed with it. */
import { spawnSync } from 'node:child_process'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
})
console.log(`fuzz: ${values.minutes} min, seed ${values.seed}`)
const { status } = spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', 'test/fuzz'], {
  stdio: 'inherit',
  env: { ...process.env, YUJING_FUZZ_MINUTES: values.minutes, YUJING_FUZZ_SEED: values.seed },
})
process.exit(status ?? 1)
