/** The `backup.tar.gz` of the runbook: found in the target, unpacked once into a folder of ours. */
import { ApplicationFailure } from '@temporalio/common';
import { sha256Hex } from '../../domain/digest.ts';
import { agentFolder, folderOf } from '../../domain/tool-store/layout.ts';
import { archiveName, scriptFolder } from '../../domain/tool-store/script-layouts.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import type { SetFault } from '../backup-keeping/backup-set.ts';
import { codeOf } from './target.ts';

interface Archive {
  readonly id: string;
  readonly facts: FileFacts;
}

/** A tool store is small and its log a few hundred megabytes; more than this is a mistake or a bomb. */
const limits = { maxBytes: 4 * 1024 ** 3, maxFiles: 20_000 };

/** In `.pi/` itself and anywhere below `.pi/backups/`; the id names the folder where there is one. */
export async function findArchives(ports: Ports, root: string, listing: readonly FileFacts[]): Promise<Archive[]> {
  const top = await ports.files.look({ root, path: `${agentFolder}/${archiveName}` });
  const all = [...(top === undefined ? [] : [top]), ...listing].filter(
    ({ path, kind }) => kind === 'file' && path.startsWith(`${agentFolder}/`) && path.endsWith(`/${archiveName}`),
  );
  const ids = new Map<string, number>();
  return all.map((facts) => {
    const below = folderOf(facts.path)
      .slice(scriptFolder.length + 1)
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-');
    const id = `script-${below === '' ? '' : `${below.slice(0, 80)}-`}${archiveName}`;
    const times = (ids.get(id) ?? 0) + 1;
    ids.set(id, times);
    return { id: times === 1 ? id : `${id}-${times}`, facts };
  });
}

type Opened = { readonly base: string; readonly listing: readonly FileFacts[] } | { readonly fault: SetFault };

/** Unpacks unless this very archive is unpacked already. */
export async function openArchive(
  ports: Ports,
  target: string,
  root: string,
  { id, facts }: Archive,
  signal?: AbortSignal,
): Promise<Opened> {
  const version = sha256Hex(facts.version).slice(0, 16);
  const home = `unpacked/${target}/${id}`;
  const base = `${ports.data}/${home}/${version}`;
  if ((await ports.files.look({ root: ports.data, path: `${home}/${version}` })) === undefined) {
    const faulty = await ports.records.get(`script-backups/${target}/${id}/fault-${version}.json`);
    if (faulty !== undefined) return { fault: JSON.parse(faulty) as SetFault };
    // Beside first, then renamed: a reader never meets a half-unpacked archive, and of two at once either will do.
    const beside = `${home}/unpacking-${globalThis.crypto.randomUUID()}`;
    try {
      await ports.archives.unpack({ root, path: facts.path }, { root: ports.data, path: beside }, limits, signal);
    } catch (error) {
      const fault = faultIn(error);
      if (fault === undefined) throw error;
      await ports.records.put(`script-backups/${target}/${id}/fault-${version}.json`, JSON.stringify(fault));
      return { fault };
    }
    try {
      await ports.files.rename(ports.data, beside, `${home}/${version}`);
    } catch (error) {
      await ports.files.removeTree({ root: ports.data, path: beside });
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
    }
  }
  return { base, listing: await ports.files.scan({ root: base, path: '' }) };
}

function faultIn(error: unknown): SetFault | undefined {
  if (!(error instanceof ApplicationFailure)) return undefined;
  const code = error.type;
  if (code !== 'backup-unsafe' && code !== 'backup-corrupt') return undefined;
  const ja = (error.details?.[0] as { ja?: string } | undefined)?.ja ?? error.message;
  return { code, sentence: { en: error.message, ja } };
}
