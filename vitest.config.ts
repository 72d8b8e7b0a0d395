/** Tests in two groups: most run side by side, those that kill processes or measure time run alone afterwards. */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Folders whose tests count seconds, or fill the machine with servers of their own. */
const alone = [
  'test/crash/**/*.test.ts',
  'test/real/**/*.test.ts',
  'test/simulation/**/*.test.ts',
  'test/cli/start.test.ts',
  'test/scripts/gameday.test.ts',
];
/** A Temporal server and a worker want a core each; more at once only makes every one slower. */
const sideBySide = Math.max(2, Math.min(4, Math.floor(availableParallelism() / 2)));

const common = { pool: 'forks', testTimeout: 60_000, hookTimeout: 60_000, teardownTimeout: 20_000 } as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          maxWorkers: sideBySide,
          sequence: { groupOrder: 0 },
        },
      },
      { test: { ...common, name: 'alone', include: alone, fileParallelism: false, sequence: { groupOrder: 1 } } },
    ],
  },
});
