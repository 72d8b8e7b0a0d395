/** The plan of a restore into Redis servers: which backup takes the place of what, and which one leads back. */
import { digestBeside } from '../digest.ts';
import type { Plan, PlannedChange } from '../recovery.ts';
import { countsOf, type KeyCount } from './key-count.ts';
import type { RestoreSource } from './taken-backup.ts';

export interface RestorePlan {
  readonly target: string;
  /** The node whose data is replaced; its replicas follow. */
  readonly master: string;
  /** Id of the backup; kept from being pruned as long as the plan is open. */
  readonly backup: string;
  readonly source: RestoreSource;
  /** Id of the backup of what is there now. */
  readonly wayBack: string;
  readonly now: KeyCount;
  readonly then: KeyCount;
  readonly digest: string;
}

export function planRestore(plan: Omit<RestorePlan, 'digest'>): RestorePlan {
  const open = { ...plan, digest: '' };
  return { ...open, digest: digestBeside(open) };
}

export function headOfRestore(plan: RestorePlan, ref: string): Plan {
  const { master, backup, source, now, then, wayBack, digest } = plan;
  const [before, after] = [countsOf(now).keys, countsOf(then).keys];
  const databases = [...new Set([...now.databases, ...then.databases].map(({ database }) => database))].toSorted((a, b) => a - b);
  return {
    summary: {
      en: `All data of ${master}, ${before} keys, is replaced by ${backup} with ${after}. What is there now lies in ${wayBack}.`,
      ja: `${master} の全データ(キー ${before} 件)を ${backup}(${after} 件)に置き換えます。現在のデータは ${wayBack} にあります。`,
    },
    digest,
    size: { items: databases.length, bytes: 0, share: 1 },
    counts: { add: 0, overwrite: databases.length, keep: 0, remove: 0 },
    changes: databases.map((database): PlannedChange => {
      const keysIn = (count: KeyCount): string => `${count.databases.find((one) => one.database === database)?.keys ?? 0} keys`;
      return { action: 'overwrite', path: `database ${database}`, before: keysIn(now), after: `${keysIn(then)} (${source})` };
    }),
    truncated: false,
    ref,
    needsPeople: {
      en: `${master} takes no writes meanwhile, and what was written since is replaced.`,
      ja: `その間 ${master} は書き込みを受け付けず、以降に書き込まれたデータは置き換えられます。`,
    },
  };
}
