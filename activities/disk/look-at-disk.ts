/** Looks at the room on every disk that matters to a tool store. Changes nothing. */
import { fail } from '../../domain/fail.ts';
import type { DiskUse, FileSystemUse } from '../../domain/disk/words.ts';
import { agentFolder } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { toolStoreTarget, withinTarget } from '../tool-store/target.ts';

const mostFolders = 15;

export async function lookAtDisk(ports: Ports, input: { readonly target: string }, signal?: AbortSignal): Promise<DiskUse> {
  const target = toolStoreTarget(ports, input.target);
  const own = await ports.disk.lookAtFileSystem(target.root);
  if (own === undefined) {
    throw fail('target-missing', { en: `${target.root} does not exist.`, ja: `${target.root} が存在しません。` });
  }
  const places = [
    { name: 'target', path: target.root },
    { name: 'data', path: ports.data },
    ...target.repositoryEntries.flatMap((entry) => (entry.kind === 'directory' ? [{ name: entry.id, path: entry.path }] : [])),
  ];
  const byDevice = new Map<string, FileSystemUse>();
  for (const { name, path } of places) {
    const found = await ports.disk.lookAtFileSystem(path);
    if (found === undefined) continue;
    const known = byDevice.get(found.device);
    byDevice.set(found.device, { ...found, holds: [...(known?.holds ?? []), name] });
  }
  const folders = await withinTarget(target, () => ports.disk.listUse({ root: target.root, path: agentFolder }, signal));
  return {
    freeBytes: own.freeBytes,
    totalBytes: own.totalBytes,
    fileSystems: [...byDevice.values()],
    folders: folders.toSorted((a, b) => b.bytes - a.bytes).slice(0, mostFolders),
  };
}
