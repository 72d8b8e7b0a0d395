/** An incremental backup of ten thousand files of which none changed, next to rsync that compares contents. */
import { join } from 'node:path';
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';
import { startStore } from '../support/store.ts';

export const incrementalUnchanged: Measure = {
  id: 'incremental-unchanged-10k',
  title: 'Incremental backup with nothing changed, 10,000 files',
  unit: 'ms',
  goal: 'at most 1 × rsync -a --checksum',
  meets: ({ ratio = Infinity }) => ratio <= 1,
  async run(tidy) {
    const store = await startStore(tidy, { tools: 100, others: 9_900 });
    const copy = join(store.folder, 'by-hand');
    await shell('cp -a "$ROOT/.pi" "$COPY"', { ROOT: store.root, COPY: copy });
    await store.backup();
    return sideBySide({
      rounds: 5,
      // Files that were only just written are read once more.
      warmUp: 2,
      ours: async () => (await store.backup('incremental')).ms,
      against: {
        title: 'rsync -a --checksum',
        run: () => shell('rsync -a --checksum "$ROOT/.pi/" "$COPY/"', { ROOT: store.root, COPY: copy }),
      },
    });
  },
};
