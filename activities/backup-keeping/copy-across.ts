/** Copies a finished backup into another repository, with whatever it refers to there, so that each repository restores alone. */
import { holdersOf, type Manifest, type ManifestFile } from '../../domain/backup.ts';
import { inParallel } from '../../domain/tool-store/in-parallel.ts';
import type { BackupRepository } from '../ports/backup-repository.ts';
import type { Ports } from '../ports/index.ts';
import { parseManifest } from './backup-set.ts';
import { manifestText, rememberManifest } from './manifest-text.ts';
import { explainWrite } from '../tool-store/target.ts';
import type { BackedUp } from './backed-up.ts';

/** The finished manifest of a backup in a repository. */
export async function finishedIn(repository: BackupRepository, target: string, id: string): Promise<Manifest | undefined> {
  const text = await repository.readDocument(target, id, 'manifest.json');
  if (text === undefined) return undefined;
  const parsed = parseManifest(text, target, id);
  return 'manifest' in parsed ? parsed.manifest : undefined;
}

/** Until when a store that can lock must not let a backup go. */
export function keepUntil({ backups }: BackedUp, { kind, startedAt }: Pick<Manifest, 'kind' | 'startedAt'>): string {
  return new Date(Date.parse(startedAt) + backups[kind].keep).toISOString();
}

/** What it refers to comes first: a manifest never stands where its bytes do not. Fails: target-read-only, disk-full. */
export async function copyAcross(
  ports: Ports,
  target: BackedUp,
  manifest: Manifest,
  from: BackupRepository,
  to: BackupRepository,
  signal?: AbortSignal,
): Promise<void> {
  for (const holder of holdersOf(manifest)) {
    if (holder === manifest.id) continue;
    const wanted = await finishedIn(from, target.id, holder);
    if (wanted === undefined) throw new Error(`${holder} is not whole in ${from.id}`);
    const there = await to.readDocument(target.id, holder, 'manifest.json');
    if (there === undefined) await copyAcross(ports, target, wanted, from, to, signal);
    else if ((await finishedIn(to, target.id, holder))?.digest !== wanted.digest) {
      throw new Error(`${holder} in ${to.id} is not the one in ${from.id}`);
    }
  }
  await copyOwnFiles(ports, target, manifest, from, to, signal);
}

/** Through scratch, because repositories only know local files; the bytes are checked against the manifest on the way. */
async function copyOwnFiles(
  ports: Ports,
  target: BackedUp,
  manifest: Manifest,
  from: BackupRepository,
  to: BackupRepository,
  signal?: AbortSignal,
): Promise<void> {
  const { id } = manifest;
  const files = manifest.files.filter((file) => file.in === id && file.as === undefined);
  const keep = { keepUntil: keepUntil(target, manifest) };
  const scratch = { root: ports.data, path: `scratch/${target.id}/${id}-across` };
  await ports.files.removeTree(scratch);
  try {
    await to.clear(target.id, id);
    await inParallel(files, async (file: ManifestFile) => {
      const here = { ...scratch, path: `${scratch.path}/${file.path}` };
      await from.fetch(target.id, id, file.path, here, { mode: file.mode, durable: false }, signal);
      const stored = await to.store(target.id, id, file.path, here, { mode: file.mode, durable: true, ...keep }, signal);
      await ports.files.remove(here);
      if (stored.sha256 !== file.sha256) throw new Error(`${file.path} in ${from.id} is not what its manifest says`);
    });
    await finish(target, to, manifest);
  } catch (error) {
    await to.clear(target.id, id).catch(() => undefined);
    const needed = files.reduce((sum, file) => sum + file.bytes, 0);
    throw await explainWrite(error, to.describe(target.id, id), needed, () => to.freeBytes());
  } finally {
    await ports.files.removeTree(scratch);
  }
}

/** With its manifest a backup begins to exist. */
export async function finish(target: BackedUp, repository: BackupRepository, manifest: Manifest): Promise<void> {
  const [text, keep] = [manifestText(manifest), { keepUntil: keepUntil(target, manifest) }];
  await repository.writeDocument(target.id, manifest.id, 'manifest.json', text, keep);
  rememberManifest(text, manifest);
}
