/** One backup as it can be used: its manifest, and each place that holds its bytes. */
import { backupHoldSchema, backupTestSchema, manifestSchema } from '../../contracts/backup.ts';
import {
  allBytes,
  backupStatus,
  type Backup,
  type BackupHold,
  type BackupTest,
  type Manifest,
  type ManifestFile,
} from '../../domain/backup.ts';
import { fail } from '../../domain/fail.ts';
import type { FailureCode } from '../../domain/failures.ts';
import type { Text } from '../../domain/text.ts';
import { staysInside } from '../../domain/tool-store/layout.ts';
import { knownManifest, manifestDigest, rememberManifest } from './manifest-text.ts';
import type { Copied, CopyOptions, FileContent, Place } from '../ports/file-tree.ts';

/** One place with the bytes of a backup. */
export interface BackupCopy {
  /** Repository id, or `script`. */
  readonly where: string;
  readonly test: BackupTest | undefined;
  read(file: ManifestFile, maxBytes: number, signal?: AbortSignal): Promise<FileContent>;
  fetch(file: ManifestFile, to: Place, options: CopyOptions, signal?: AbortSignal): Promise<Copied>;
  /** Links and the like among its files. */
  strange(): Promise<readonly string[]>;
  keepTest(test: BackupTest): Promise<void>;
  keepHold(hold: BackupHold): Promise<void>;
}

/** Why a backup cannot be used at all. */
export interface SetFault {
  readonly code: Extract<FailureCode, 'backup-corrupt' | 'backup-unsafe'>;
  readonly sentence: Text;
}

export interface BackupSet {
  readonly id: string;
  readonly source: Backup['source'];
  readonly startedAt: string;
  /** Absent when `fault` says why. */
  readonly manifest?: Manifest;
  readonly fault?: SetFault;
  /** Best first: copies that passed their test before those that were not tested, those before failed ones. */
  readonly copies: readonly BackupCopy[];
  readonly suspect?: Text;
  /** The newest word of a person on keeping it. */
  readonly hold?: BackupHold | undefined;
  readonly findings: readonly Text[];
}

/** A fault as the failure it is. */
export const faultOf = (fault: SetFault) => fail(fault.code, fault.sentence);

/** Reads a manifest that ought to be of this backup. A path that leaves the backup is told apart from mere damage. */
export function parseManifest(
  text: string,
  target: string,
  id: string,
): { readonly manifest: Manifest } | { readonly fault: SetFault } {
  const corrupt = (en: string, ja: string): { fault: SetFault } => ({
    fault: { code: 'backup-corrupt', sentence: { en: `${id}: manifest.json ${en}.`, ja: `${id}: manifest.json ${ja}。` } },
  });
  const known = knownManifest(text);
  if (known?.id === id && known.target === target) return { manifest: known };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return corrupt('is not JSON', 'が JSON ではありません');
  }
  const leaving = unsafePaths(value);
  if (leaving.length > 0) {
    return {
      fault: {
        code: 'backup-unsafe',
        sentence: {
          en: `${id} has a path that leaves it: ${leaving[0]}.`,
          ja: `${id} に外へ出るパスがあります: ${leaving[0]}。`,
        },
      },
    };
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) return corrupt(`is not a manifest (${parsed.error.issues[0]?.path.join('.')})`, 'の形式が不正です');
  const manifest: Manifest = parsed.data;
  if (manifest.id !== id || manifest.target !== target) {
    return corrupt('belongs to another backup', 'が別のバックアップのものです');
  }
  if (manifestDigest(manifest) !== manifest.digest) {
    return corrupt('was changed after it was written', 'が書き込み後に変更されています');
  }
  rememberManifest(text, manifest);
  return { manifest };
}

function unsafePaths(value: unknown): string[] {
  const files = (value as { files?: unknown } | null)?.files;
  if (!Array.isArray(files)) return [];
  return files
    .flatMap((file) => [(file as { path?: unknown } | null)?.path, (file as { as?: unknown } | null)?.as])
    .filter((path): path is string => typeof path === 'string' && !staysInside(path))
    .map((path) => path.slice(0, 100));
}

/** A test that speaks of this manifest; undefined for none, for another manifest's, or for one that cannot be read. */
export function parseTest(text: string | undefined, manifest: Manifest): BackupTest | undefined {
  if (text === undefined) return undefined;
  try {
    const test = backupTestSchema.parse(JSON.parse(text));
    return test.manifest === manifest.digest ? test : undefined;
  } catch {
    return undefined;
  }
}

/** The newest of what the repositories say; undefined where nobody ever said anything that can be read. */
export function newestHold(texts: readonly (string | undefined)[]): BackupHold | undefined {
  const holds = texts.flatMap((text) => {
    try {
      return text === undefined ? [] : [backupHoldSchema.parse(JSON.parse(text))];
    } catch {
      return [];
    }
  });
  return holds.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at))[0];
}

/** Copies in the order in which they are to be tried. */
export const bestFirst = (copies: readonly BackupCopy[]): BackupCopy[] => {
  const rank = ({ test }: BackupCopy): number => (test === undefined ? 1 : test.passed ? 0 : 2);
  return copies.toSorted((a, b) => rank(a) - rank(b));
};

const heldBy = ({ by, reason }: BackupHold): Text => ({
  en: `Held by ${by}: ${reason}`,
  ja: `${by} が保護中: ${reason}`,
});

/** The document that people see. */
export function describeSet(set: BackupSet, target: string): Backup {
  const { manifest, fault } = set;
  const passed = set.copies.find(({ test }) => test?.passed === true)?.test;
  const failed = set.copies.find(({ test }) => test?.passed === false);
  const isFailed = fault !== undefined || (passed === undefined && failed !== undefined);
  const failure = fault?.sentence.en ?? failed?.test?.failure;
  const findings = [
    ...(set.suspect === undefined ? [] : [set.suspect]),
    ...(set.hold?.held === true ? [heldBy(set.hold)] : []),
    ...set.findings,
    ...(passed !== undefined && failed !== undefined
      ? [
          {
            en: `The copy in ${failed.where} failed its test: ${failed.test?.failure ?? ''}`,
            ja: `${failed.where} の複製は検証に失敗しました: ${failed.test?.failure ?? ''}`,
          },
        ]
      : []),
  ];
  return {
    id: set.id,
    target,
    kind: manifest?.kind ?? 'full',
    source: set.source,
    status: backupStatus({ failed: isFailed, suspect: set.suspect !== undefined, verified: passed !== undefined }),
    startedAt: set.startedAt,
    ...(manifest === undefined ? {} : { finishedAt: manifest.finishedAt }),
    ...(passed === undefined ? {} : { verifiedAt: passed.testedAt, restoreMs: passed.restoreMs }),
    bytes: manifest === undefined ? 0 : allBytes(manifest),
    files: manifest?.files.length ?? 0,
    counts: manifest?.counts ?? {},
    repositories: set.copies.map(({ where }) => where),
    held: set.hold?.held === true,
    ...(isFailed && failure !== undefined ? { failure } : {}),
    ...(findings.length === 0 ? {} : { findings }),
  };
}
