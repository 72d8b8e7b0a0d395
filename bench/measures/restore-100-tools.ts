/** The main job without a gate: everything of a store of a hundred tools is gone, and comes back verified. */
import type { Measure } from '../measure.ts';
import { sideBySide } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';
import { startStore } from '../support/store.ts';

/** As the runbook has it: copy, and count. */
const runbook = 'mkdir -p "$ROOT/.pi/tools"; cp -r "$BACKUP"/.pi/tools/* "$ROOT/.pi/tools/"; ls "$ROOT/.pi/tools" | wc -l';

export const restore100Tools: Measure = {
  id: 'restore-100-tools',
  title: 'Start → recovered of a store of 100 tools',
  unit: 'ms',
  goal: 'at most 1,500 ms',
  meets: ({ median }) => median <= 1_500,
  async run(tidy) {
    const store = await startStore(tidy, { tools: 100 });
    const { id } = await store.backup();
    await store.verify(id);
    return sideBySide({
      rounds: 12,
      warmUp: 3,
      ours() {
        store.lose();
        return store.recover();
      },
      against: {
        title: "the runbook's cp -r and count, nothing verified or synced",
        run() {
          store.lose();
          return shell(runbook, { ROOT: store.root, BACKUP: store.filesOf(id) });
        },
      },
    });
  },
};
