/** Looks at a tool store and says what is wrong with it. Reads only, and tests nothing. */
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { logFindings } from '../../domain/audit-log/log-symptoms.ts';
import { auditLog, toolsFolder } from '../../domain/tool-store/layout.ts';
import { readSymptoms, type StoreView } from '../../domain/tool-store/symptoms.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { lookForDamage } from '../audit-log/look-at-log.ts';
import type { Ports } from '../ports/index.ts';
import { describeSet } from './backup-set.ts';
import { openBackups } from './open-backups.ts';
import { scanStore } from './scan-store.ts';
import { requireRoot, toolStoreTarget, type ToolStoreTarget } from './target.ts';

export async function diagnose(ports: Ports, input: { readonly target: string }, signal?: AbortSignal): Promise<Diagnosis> {
  const target = toolStoreTarget(ports, input.target);
  const rootThere = await requireRoot(ports, target).then(
    () => true,
    () => false,
  );
  const view = rootThere ? await viewOf(ports, target, signal) : absent;
  const { symptoms, suggests } = readSymptoms(view);
  const log = logFindings(view.logThere ? await lookForDamage(ports, { root: target.root, path: auditLog }) : 0);
  return {
    ...{ target: target.id, at: new Date().toISOString() },
    symptoms: [...symptoms, ...log.symptoms],
    suggests: [...suggests, ...log.suggests],
  };
}

const absent: StoreView = { rootThere: false, toolsFolder: 'gone', live: [], logThere: false, backups: 0 };

async function viewOf(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<StoreView> {
  const sets = await openBackups(ports, target, signal);
  const verified = sets.find((set) => describeSet(set, target.id).status === 'verified');
  const kind = await kindOf(ports, target, toolsFolder);
  const toolsThere = kind === undefined ? 'gone' : kind === 'folder' ? 'there' : 'unusable';
  return {
    rootThere: true,
    toolsFolder: toolsThere,
    live: toolsThere === 'there' ? (await scanStore(ports, target, signal)).tools : [],
    logThere: (await kindOf(ports, target, auditLog)) === 'file',
    backups: sets.length,
    ...(verified?.manifest === undefined
      ? {}
      : {
          verified: {
            id: verified.id,
            startedAt: verified.startedAt,
            paths: verified.manifest.files.map(({ path }) => path),
          },
        }),
  };
}

/** A link on the way is a symptom here, not an error. */
async function kindOf(ports: Ports, { root }: ToolStoreTarget, path: string): Promise<string | undefined> {
  try {
    return (await ports.files.look({ root, path }))?.kind;
  } catch (error) {
    if (error instanceof UnsafePath) return 'link';
    throw error;
  }
}
