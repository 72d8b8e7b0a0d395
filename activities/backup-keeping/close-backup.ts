/** Writes the manifest with which a backup begins to exist, and says in it whether it may hold the damage. */
import { newestFirst, type Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import { whySuspect, type Measure } from '../../domain/why-suspect.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUp } from './backed-up.ts';
import { describeSet, type BackupSet } from './backup-set.ts';
import { finish } from './copy-across.ts';
import type { TakeBackupInput } from './into-repositories.ts';
import { manifestDigest } from './manifest-text.ts';
import { openChangeOf } from './open-change.ts';

interface Taking {
  readonly target: BackedUp;
  readonly repository: BackupRepository;
  readonly input: TakeBackupInput;
  /** The target's other backups, and what tells that it shrank since them. */
  readonly sets: readonly BackupSet[];
  readonly measures: readonly Measure[];
  /** As `openChangeOf` said before anything was copied. */
  readonly openBefore: string | undefined;
}

type Content = Pick<Manifest, 'base' | 'files' | 'counts' | 'elsewhere'> & {
  readonly skipped?: readonly string[];
  readonly findings: readonly Text[];
};

/** What `content` names has to be in the repository. */
export async function closeBackup(ports: Ports, taking: Taking, { findings, ...content }: Content): Promise<Manifest> {
  const { target, repository, input, sets, measures, openBefore } = taking;
  const { id, kind, startedAt, reason } = input;
  const openChange = openBefore ?? (await openChangeOf(ports, target.id));
  const earlier = sets.map((set) => describeSet(set, target.id)).toSorted(newestFirst);
  const suspect = whySuspect({ counts: content.counts, startedAt }, earlier, measures, openChange);
  const body: Omit<Manifest, 'digest'> = {
    version: 1,
    ...{ id, target: target.id, kind, startedAt },
    finishedAt: new Date().toISOString(),
    skipped: [],
    ...content,
    from: ports.machine,
    ...(suspect === undefined ? {} : { suspect }),
    ...(reason === undefined ? {} : { reason }),
    ...(findings.length === 0 ? {} : { findings }),
  };
  const manifest: Manifest = { ...body, digest: manifestDigest(body) };
  await finish(target, repository, manifest);
  return manifest;
}
