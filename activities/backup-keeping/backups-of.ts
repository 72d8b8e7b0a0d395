/** The backups of a target listed, one of them taken, and one tested, whatever its kind. */
import type { Backup, Manifest } from '../../domain/backup.ts';
import type { Text } from '../../domain/text.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import type { BackedUp, BackupKind } from './backed-up.ts';
import { describeSet, type BackupSet } from './backup-set.ts';
import { whileInUse } from './in-use.ts';
import { intoRepositories, withFindings, type TakeBackupInput } from './into-repositories.ts';
import { oneOf } from './open-sets.ts';

/** Newest first. */
export async function listBackupsOf<T extends BackedUp>(
  ports: Ports,
  kind: BackupKind<T>,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<readonly Backup[]> {
  const target = kind.target(ports, input.target);
  return (await kind.open(ports, target, signal)).map((set) => describeSet(set, target.id));
}

/** The same id twice finds the finished one. `make` as `intoRepositories` takes it. Fails: as `make` does. */
export async function takeBackupOf<T extends BackedUp>(
  ports: Ports,
  kind: BackupKind<T>,
  input: TakeBackupInput,
  make: (target: T, repository: BackupRepository, findings: readonly Text[]) => Promise<Manifest>,
  signal?: AbortSignal,
): Promise<Backup> {
  const target = kind.target(ports, input.target);
  const makeIn = (repository: BackupRepository, findings: readonly Text[]) => make(target, repository, findings);
  const findings = await intoRepositories(ports, target, input.id, makeIn, signal);
  const set = oneOf(await kind.open(ports, target, signal), target.id, input.id);
  return describeSet(withFindings(set, findings), target.id);
}

/** Meanwhile it is not pruned. Fails: no-backup, and as `test` does. */
export async function testBackupOf<T extends BackedUp>(
  ports: Ports,
  kind: BackupKind<T>,
  input: { readonly target: string; readonly backup: string },
  test: (target: T, set: BackupSet) => Promise<BackupSet>,
  signal?: AbortSignal,
): Promise<Backup> {
  const target = kind.target(ports, input.target);
  const set = oneOf(await kind.open(ports, target, signal), target.id, input.backup);
  const tested = await whileInUse(ports, target.id, set.id, 'a restore test', () => test(target, set));
  return describeSet(tested, target.id);
}
