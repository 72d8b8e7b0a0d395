/** A backup as people see it, and the manifest that makes it one. */
import type { Text } from './text.ts';

export type BackupKind = 'full' | 'incremental' | 'manual';

export const backupStatuses = {
  waiting: { en: 'waiting for the target', ja: '対象待ち' },
  running: { en: 'running', ja: '取得中' },
  complete: { en: 'written and hashed, not yet tested', ja: '取得済み(未検証)' },
  verified: { en: 'restored and checked', ja: '検証済み' },
  failed: { en: 'failed', ja: '失敗' },
  suspect: { en: 'may hold the damage', ja: '損傷を含む疑い' },
} as const satisfies Record<string, Text>;
export type BackupStatus = keyof typeof backupStatuses;

/** interface: "A backup is …". Times ISO, `restoreMs` measured by the restore test, `counts` by kind of thing (`tools`, `logLines`; `tables`, `rows`; `keys`, `lastingKeys`). */
export interface Backup {
  readonly id: string;
  readonly target: string;
  readonly kind: BackupKind;
  /** `script` = left by the runbook's own shell scripts. */
  readonly source: 'okiagari' | 'script';
  readonly status: BackupStatus;
  readonly startedAt: string;
  readonly finishedAt?: string;
  readonly verifiedAt?: string;
  readonly restoreMs?: number;
  readonly bytes: number;
  readonly files: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly repositories: readonly string[];
  readonly held: boolean;
  readonly failure?: string;
  /** Why a suspect one is suspect, and what was odd about it without making it useless. */
  readonly findings?: readonly Text[];
}

/** By their start; the same instant by id, so that the order never depends on who listed them. */
export const newestFirst = (a: Backup, b: Backup): number =>
  Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? 1 : -1);

/** One word for all that is known: a failed test outweighs the suspicion, the suspicion outweighs a passed test. */
export const backupStatus = (known: { failed: boolean; suspect: boolean; verified: boolean }): Backup['status'] =>
  known.failed ? 'failed' : known.suspect ? 'suspect' : known.verified ? 'verified' : 'complete';

/** `hold.json` beside a manifest: whether a person keeps it against retention. The newest of all repositories counts. */
export interface BackupHold {
  readonly held: boolean;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

/**
 * One file of a backup. `path` is relative to the target's root, with `/`; `in` is the id of the backup that holds the bytes,
 * below the same path there unless `as` names another: content that is there already is not stored again.
 */
export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Permission bits as octal text, such as `0644`. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly modifiedAt: string;
  readonly in: string;
  readonly as?: string;
}

/** `manifest.json`: written last, so that a backup without one does not exist. `digest` is sha256 over everything else in it. */
export interface Manifest {
  readonly version: 1;
  readonly id: string;
  readonly target: string;
  readonly kind: BackupKind;
  readonly base: string | null;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly files: readonly ManifestFile[];
  /** Paths of links, listed and not followed. */
  readonly skipped: readonly string[];
  /** What a tool of the target's own keeps in a repository of its own, beside what `files` says; by the name it gave that. */
  readonly elsewhere?: { readonly tool: string; readonly label: string; readonly bytes: number };
  readonly counts: Readonly<Record<string, number>>;
  readonly from: { readonly host: string; readonly okiagari: string };
  /** Why it may hold the damage; absent when nothing speaks against it. */
  readonly suspect?: Text;
  readonly reason?: string;
  /** What was odd while it was taken: tools that are not valid, a store that never held still, a repository that refused it. */
  readonly findings?: readonly Text[];
  readonly digest: string;
}

/** The backups that hold bytes of this one: itself, and earlier ones for what was unchanged. */
export const holdersOf = ({ id, files }: Manifest): string[] => [...new Set([id, ...files.map((file) => file.in)])];

/** Bytes that lie in this backup's own folder, or for it in its tool's repository, and go when it goes. */
export const ownBytes = ({ id, files, elsewhere }: Manifest): number =>
  files.reduce((sum, file) => sum + (file.in === id && file.as === undefined ? file.bytes : 0), elsewhere?.bytes ?? 0);

/** All bytes that a restore of it reads. */
export const allBytes = ({ files, elsewhere }: Manifest): number =>
  files.reduce((sum, file) => sum + file.bytes, elsewhere?.bytes ?? 0);

/** `verification.json` beside a manifest: what the restore test found. Written anew by each test; the newest counts. */
export interface BackupTest {
  readonly backup: string;
  /** Digest of the manifest that was tested. */
  readonly manifest: string;
  readonly passed: boolean;
  readonly testedAt: string;
  readonly restoreMs: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly failure?: string;
}
