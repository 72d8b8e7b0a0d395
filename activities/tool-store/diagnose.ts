/** Looks at a tool store and says what is wrong with it. Reads only, and tests nothing. */
import { breachSigns } from '../../domain/breach/signs.ts';
import type { Diagnosis } from '../../domain/diagnosis.ts';
import { logFindings } from '../../domain/audit-log/log-symptoms.ts';
import { shortOfSpace } from '../../domain/disk/short-of-space.ts';
import { auditLog, toolsFolder } from '../../domain/tool-store/layout.ts';
import { readSymptoms, type StoreView } from '../../domain/tool-store/symptoms.ts';
import { UnsafePath } from '../../domain/tool-store/unsafe-path.ts';
import { lookForDamage } from '../audit-log/look-at-log.ts';
import type { Ports } from '../ports/index.ts';
import { recentTimeouts } from '../timeouts/recent-timeouts.ts';
import { describeSet } from '../backup-keeping/backup-set.ts';
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
  const space = await ports.disk.lookAtFileSystem(target.root);
  const found = [
    readSymptoms(view),
    logFindings(view.logThere ? await lookForDamage(ports, { root: target.root, path: auditLog }) : 0),
    breachSigns(view.live, view.verified?.paths),
    ...(space === undefined ? [] : [shortOfSpace(space)]),
  ];
  return {
    target: target.id,
    at: new Date().toISOString(),
    symptoms: found.flatMap(({ symptoms }) => symptoms),
    suggests: found.flatMap(({ suggests }) => suggests),
  };
}

const absent: StoreView = { rootThere: false, toolsFolder: 'gone', live: [], logThere: false, backups: 0 };

async function viewOf(ports: Ports, target: ToolStoreTarget, signal?: AbortSignal): Promise<StoreView> {
  const sets = await openBackups(ports, target, signal);
  const verified = sets.find((set) => describeSet(set, target.id).status === 'verified');
  const kind = await kindOf(ports, target, toolsFolder);
  const logThere = (await kindOf(ports, target, auditLog)) === 'file';
  const toolsThere = kind === undefined ? 'gone' : kind === 'folder' ? 'there' : 'unusable';
  return {
    rootThere: true,
    toolsFolder: toolsThere,
    live: toolsThere === 'there' ? (await scanStore(ports, target, signal)).tools : [],
    logThere,
    backups: sets.length,
    timeouts: logThere ? await recentTimeouts(ports, target, signal) : [],
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
