/** A backup of a hundred tools and a long audit log, copied, hashed and synced, next to the same by hand. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';
import { startStore } from '../support/store.ts';

const byHand = `mkdir "$COPY"; cp -r "$ROOT/.pi" "$COPY"; cd "$COPY"
find .pi -type f -exec sha256sum {} + > SHA256SUMS
find . -exec sync {} +`;

export const backup200Mb: Measure = {
  id: 'backup-200mb',
  title: 'Backup of 100 tools and a log of 200 MB',
  unit: 'ms',
  goal: 'at most 1.5 × cp -r, sha256sum and sync of every file',
  meets: ({ ratio = Infinity }) => ratio <= 1.5,
  async run(tidy) {
    const store = await startStore(tidy, { tools: 100, logBytes: 200_000_000 });
    const copy = join(store.folder, 'by-hand');
    return sideBySide({
      rounds: 6,
      warmUp: 1,
      ours: async () => (await store.backup()).ms,
      against: {
        title: 'cp -r, sha256sum, sync of every file',
        run() {
          rmSync(copy, { recursive: true, force: true });
          return shell(byHand, { ROOT: store.root, COPY: copy });
        },
      },
    });
  },
};
