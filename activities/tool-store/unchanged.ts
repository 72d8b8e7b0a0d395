/** Tells what an incremental need not store: files that are as the base has them, and contents that the chain holds already. */
import type { ManifestFile } from '../../domain/backup.ts';
import { fileNameOf, isToolPath, toolBytesLimit } from '../../domain/tool-store/layout.ts';
import { judgeToolFile } from '../../domain/tool-store/tool-file.ts';
import type { Text } from '../../domain/text.ts';
import type { FileFacts } from '../ports/file-tree.ts';
import type { Ports } from '../ports/index.ts';
import type { Chain } from './backup-chain.ts';

interface Unchanged {
  readonly file: ManifestFile;
  readonly version: string;
  readonly fault?: Text;
}

/**
 * The file as the base has it; undefined where it has to be stored. A version that was seen at rest is believed, anything
 * else of the same size is hashed.
 */
export async function unchangedSince(
  ports: Ports,
  root: string,
  facts: FileFacts,
  chain: Chain,
  signal?: AbortSignal,
): Promise<Unchanged | undefined> {
  const known = chain.files.get(facts.path);
  if (known === undefined || known.bytes !== facts.bytes) return undefined;
  const { mode, uid, gid, modifiedAt, version } = facts;
  const file: ManifestFile = { ...known, mode, uid, gid, modifiedAt };
  const seen = chain.seen[facts.path];
  if (seen?.version === version) return { file, version, ...(seen.fault === undefined ? {} : { fault: seen.fault }) };
  const place = { root, path: facts.path };
  const isTool = isToolPath(facts.path);
  const read = await ports.files.read(place, isTool ? toolBytesLimit : 0, signal);
  if (read.sha256 !== known.sha256 || read.facts.version !== version) return undefined;
  if ((await ports.files.look(place))?.version !== version) return undefined;
  const judged = isTool ? judgeToolFile(fileNameOf(facts.path), read.content) : undefined;
  return { file, version, ...(judged?.ok === false ? { fault: judged.sentence } : {}) };
}

/** The same file, pointing to where its content lies already, in the chain or earlier in this very backup; or itself. */
export function storedOnce(file: ManifestFile, id: string, chain: Chain, own: Map<string, string>): ManifestFile {
  if (file.in !== id) return file;
  const there = chain.contents.get(file.sha256);
  const path = there?.path ?? own.get(file.sha256);
  if (path === undefined) own.set(file.sha256, file.path);
  if (path === undefined) return file;
  const holder = there?.in ?? id;
  return { ...file, in: holder, ...(path === file.path ? {} : { as: path }) };
}
