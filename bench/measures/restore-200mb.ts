/** The whole recovery of a hundred tools and a long audit log, verified and synced, next to the same by hand. */
import { join } from 'node:path';
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';
import { startStore } from '../support/store.ts';

const sums = 'cd "$BACKUP"; find .pi -type f -exec sha256sum {} + > "$SUMS"';
const byHand = 'cp -r "$BACKUP/.pi" "$ROOT"; cd "$ROOT"; sha256sum --quiet -c "$SUMS"; find .pi -exec sync {} +';

export const restore200Mb: Measure = {
  id: 'restore-200mb',
  title: 'Start → recovered of 100 tools and a log of 200 MB',
  unit: 'ms',
  goal: 'at most 1.5 × cp -r, sha256sum -c and sync of every file',
  meets: ({ ratio = Infinity }) => ratio <= 1.5,
  async run(tidy) {
    const store = await startStore(tidy, { tools: 100, logBytes: 200_000_000 });
    const { id } = await store.backup();
    await store.verify(id);
    const places = { ROOT: store.root, BACKUP: store.filesOf(id), SUMS: join(store.folder, 'SHA256SUMS') };
    await shell(sums, places);
    return sideBySide({
      rounds: 6,
      warmUp: 1,
      ours() {
        store.lose();
        return store.recover();
      },
      against: {
        title: 'cp -r, sha256sum -c, sync of every file',
        run() {
          store.lose();
          return shell(byHand, places);
        },
      },
    });
  },
};
