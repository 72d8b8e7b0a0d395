/** A full backup of a hundred tools and a log of 1 GB, next to the runbook's copy with checksums. */
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';
import { startStore } from '../support/store.ts';

const byHand = `mkdir "$COPY"; cp -r "$ROOT/.pi" "$COPY"; cd "$COPY"
find .pi -type f -exec sha256sum {} + > SHA256SUMS`;

export const backup1Gb: Measure = {
  id: 'backup-1gb',
  title: 'Full backup of 100 tools and a log of 1 GB',
  unit: 'ms',
  goal: 'at most 1.2 × cp -r and sha256sum, which leave it to chance when the copy is on the disk',
  meets: ({ ratio = Infinity }) => ratio <= 1.2,
  async run(tidy) {
    const store = await startStore(tidy, { tools: 100, logBytes: 1_000_000_000 });
    const copy = join(store.folder, 'by-hand');
    return sideBySide({
      rounds: 4,
      warmUp: 1,
      async ours() {
        const { id, ms } = await store.backup();
        rmSync(dirname(store.filesOf(id)), { recursive: true });
        return ms;
      },
      against: {
        title: 'cp -r, sha256sum of every file',
        async run() {
          const ms = await shell(byHand, { ROOT: store.root, COPY: copy });
          rmSync(copy, { recursive: true });
          return ms;
        },
      },
    });
  },
};
