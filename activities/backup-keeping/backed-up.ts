/** What the keeping of backups knows of a target, whatever its kind. */
import type { BackupSettings } from '../../contracts/backup-settings.ts';
import type { RepositoryEntry } from '../../contracts/inventory.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import type { BackupSet } from './backup-set.ts';

export interface BackedUp {
  readonly id: string;
  /** In order of preference. */
  readonly repositoryEntries: readonly RepositoryEntry[];
  readonly backups: BackupSettings;
}

/** What differs from kind to kind. */
export interface BackupKind<T extends BackedUp = BackedUp> {
  /** The target as the inventory of this moment declares it. Fails: unknown-target. */
  target(ports: Ports, id: string): T;
  /** All its backups, newest information. */
  open(ports: Ports, target: T, signal?: AbortSignal): Promise<BackupSet[]>;
  /** Lets go of what a tool of its own keeps for a backup, before its manifest goes; answers why that refuses. Twice is fine. */
  forget?(ports: Ports, target: T, set: BackupSet, signal?: AbortSignal): Promise<Text | undefined>;
}
