/** Tests in four groups: most run side by side, then the long stories of real servers, then the sweeps, then those that measure time or fill the machine, each alone. */
import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig, type TestUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { memoryFolder } from './test/support/memory-folder.ts';

/** They count seconds, or fill the machine with processes of their own. */
const alone = [
  'test/simulation/**/*.test.ts',
  'test/real/{honest-clock,pinned-writers,reminders-over-an-outage,temporal-away}.test.ts',
  'test/cli/start.test.ts',
  'test/scripts/gameday.test.ts',
];
const stories = ['test/real/**/*.test.ts'];
const sweeps = ['test/crash/**/*.test.ts'];
/** They wait longer than all others: begun last, they would keep everybody waiting. */
const longest = /patroni|pitr|killed|faults|toys|tool-store-loss/;
class LongestFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => (longest.test(moduleId) ? 2 ** 30 : 0) + statSync(moduleId).size;
    return Promise.resolve(files.toSorted((a, b) => rank(b) - rank(a)));
  }
}
/** Most of the time a file waits for servers, timeouts and people. */
const sideBySide = Math.max(4, Math.min(6, availableParallelism()));
/** Here it waits less: for the timeouts by which a death is noticed. */
const fewer = 3;

const common = {
  // Where Node and all programs put temporary files; writing them is dear on the disks of many machines.
  env: memoryFolder === undefined ? {} : { TMPDIR: memoryFolder },
  pool: 'forks',
  testTimeout: 120_000,
  hookTimeout: 120_000,
  teardownTimeout: 20_000,
  // A second, as it is by default, is less than a busy machine may need for anything.
  expect: { poll: { timeout: 20_000, interval: 20 } },
} as const;

type Group = Pick<TestUserConfig, 'include' | 'exclude' | 'maxWorkers' | 'fileParallelism'>;

/** Begins when all of the group before it has ended. */
function group(name: string, groupOrder: number, files: Group) {
  return { test: { ...common, name, ...files, sequence: { groupOrder } } };
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      group('together', 0, {
        include: ['test/**/*.test.ts'],
        exclude: [...alone, ...stories, ...sweeps],
        maxWorkers: sideBySide,
      }),
      group('stories', 1, { include: stories, exclude: alone, maxWorkers: fewer }),
      group('sweeps', 2, { include: sweeps, maxWorkers: fewer }),
      group('alone', 3, { include: alone, fileParallelism: false }),
    ],
  },
});
