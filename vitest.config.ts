/** Tests in four groups: most run side by side, then the long stories of real servers in pairs, then the sweeps in pairs, then those that measure time or fill the machine, each alone. */
import { availableParallelism } from 'node:os';
import { defineConfig, type TestUserConfig } from 'vitest/config';

/** They count seconds, or fill the machine with processes of their own. */
const alone = [
  'test/simulation/**/*.test.ts',
  'test/real/{pinned-writers,reminders-over-an-outage,temporal-away}.test.ts',
  'test/cli/start.test.ts',
  'test/scripts/gameday.test.ts',
];
const stories = ['test/real/**/*.test.ts'];
/** Each fills a core and a half with processes that are killed, and opens and closes its stages on half of one. */
const sweeps = ['test/crash/**/*.test.ts'];
/** A Temporal server and a worker want a core each, but half of the time they wait for servers. */
const sideBySide = Math.max(3, Math.min(4, Math.floor(availableParallelism() / 2)));

const common = {
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
    projects: [
      group('together', 0, {
        include: ['test/**/*.test.ts'],
        exclude: [...alone, ...stories, ...sweeps],
        maxWorkers: sideBySide,
      }),
      group('in pairs', 1, { include: stories, exclude: alone, maxWorkers: 2 }),
      group('sweeps', 2, { include: sweeps, maxWorkers: 2 }),
      group('alone', 3, { include: alone, fileParallelism: false }),
    ],
  },
});
