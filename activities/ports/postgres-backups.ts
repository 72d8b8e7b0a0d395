/** Backups of PostgreSQL clusters by the tool that the inventory names, and the restores they make possible. */
import type { PostgresBackupSettings } from '../../contracts/postgres-backup-settings.ts';
import type { PostgresSettings } from '../../contracts/postgres-settings.ts';
import type { AfterRecovery, RecoveryGoal } from '../../domain/postgres/recovery-goal.ts';
import type { LogPlace } from '../../domain/postgres/recoverable-window.ts';
import type { TakenBackup } from '../../domain/postgres/taken-backup.ts';
import type { Text } from '../../domain/text.ts';

/** A cluster that declares backups. */
export interface BackedUpCluster extends Pick<PostgresSettings, 'nodes' | 'database' | 'roles' | 'tls'> {
  readonly backup: PostgresBackupSettings;
}

export interface TakeRequest {
  /** Of the manifest; whatever the tool keeps carries it, so that a second call finds the work of the first. */
  readonly id: string;
  readonly kind: TakenBackup['kind'];
  /** The node that takes writes. */
  readonly primary: PostgresSettings['nodes'][number];
  /** The newest one to build on, and which files of the log its manifest names already. */
  readonly base?: { readonly taken: TakenBackup; readonly has: ReadonlySet<string> } | undefined;
  /** Absolute and empty: what is left in it are the files of the backup. */
  readonly stage: string;
}

export interface RestoreRequest {
  readonly taken: TakenBackup;
  /** Absolute folder with the files of the backup. */
  readonly from: string;
  /** Absolute; is made, and becomes a data directory. */
  readonly into: string;
  readonly goal: RecoveryGoal;
  readonly then: AfterRecovery;
}

/** What lies in the archive of the log. */
export interface ArchivedLog {
  /** Names of its files, histories of timelines too, in no order. */
  readonly files: readonly string[];
  /** Of each file. */
  readonly fileBytes: number;
}

/** A place in the log that a restore can be sent to, in a file of the log that is closed. */
export interface LogMark {
  readonly name: string;
  readonly position: string;
  readonly file: string;
  /** ISO, by the server's clock, not before it was written. */
  readonly at: string;
}

/** All run as the owner of the data directories. What a tool says is in the failure, without secrets. */
export interface PostgresBackups {
  /** What the tool keeps in a repository of its own; undefined where it has none. Reads only. Fails: backup-tool-failed. */
  list(cluster: BackedUpCluster, signal?: AbortSignal): Promise<readonly TakenBackup[] | undefined>;
  /** May run twice: what the first call finished is found. Fails: backup-tool-failed, log-not-archived, database-refused. */
  take(cluster: BackedUpCluster, request: TakeRequest, signal?: AbortSignal): Promise<TakenBackup>;
  /** What the tool says of damage in its own repository; undefined for none. Its exit code is no answer. Reads only. Fails: backup-tool-failed. */
  check(cluster: BackedUpCluster, signal?: AbortSignal): Promise<Text | undefined>;
  /** `into` must not exist. Starts nothing. `latest` ends in a promotion, whatever `then` says. Fails: backup-corrupt, backup-tool-failed. */
  restore(cluster: BackedUpCluster, request: RestoreRequest, signal?: AbortSignal): Promise<void>;
  /** Lets go of what the tool keeps; answers why it refuses. Twice is fine. Fails: backup-tool-failed. */
  remove(cluster: BackedUpCluster, label: string, signal?: AbortSignal): Promise<Text | undefined>;
  /** What is archived and leads to the newest timeline; undefined where nothing is. Reads only, apart from the empty folder `scratch`. Fails: backup-tool-failed. */
  archived(cluster: BackedUpCluster, scratch: string, signal?: AbortSignal): Promise<ArchivedLog | undefined>;
  /** The last commit in the archived log up to the end of one of its files; undefined where none is found. As `archived`. */
  lastCommit(
    cluster: BackedUpCluster,
    upTo: { readonly file: string; readonly fileBytes: number },
    scratch: string,
    signal?: AbortSignal,
  ): Promise<LogPlace | undefined>;
  /** Writes a restore point and closes its file, so that it is archived now. Changes nothing else; each call writes another. Fails: database-refused. */
  mark(cluster: BackedUpCluster, primary: TakeRequest['primary'], name: string, signal?: AbortSignal): Promise<LogMark>;
}
