/** Reads a commit of a bare copy: its list of files, refused where it holds anything but files, and their bytes. */
import type { SourceEntry } from '../../contracts/source-code.ts';
import { fail } from '../../domain/fail.ts';
import { staysInside } from '../../domain/tool-store/layout.ts';
import { runGit } from './run-git.ts';

export interface TreeEntry {
  readonly path: string;
  readonly mode: '0644' | '0755';
  readonly id: string;
  readonly bytes: number;
}

const mostFiles = 5_000;
const mostBytes = 16 * 1024 * 1024;
/** Blobs asked for in one go, so that their bytes fit in memory. */
const batch = 200;

/** Paths are relative to the source's folder, sorted. Fails: source-unusable. */
export async function listTree(copy: string, source: SourceEntry, commit: string, signal?: AbortSignal): Promise<TreeEntry[]> {
  const { folder, git, ref } = source;
  const refuse = (en: string, ja: string) =>
    fail('source-unusable', { en: `${git} at ${ref} ${en}.`, ja: `${git}(${ref})${ja}。` });
  const tree = `${commit}:${folder}`;
  const { code, stdout } = await runGit(['-C', copy, 'ls-tree', '-r', '-z', '-l', tree], signal);
  if (code !== 0) throw refuse(`has no folder ${folder || '/'}`, `にフォルダー ${folder || '/'} がありません`);
  const entries = stdout
    .toString()
    .split('\0')
    .filter((line) => line !== '')
    .map((line): TreeEntry => {
      const [, mode, id, bytes, path] = /^(\d{6}) \w+ ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      if (mode !== '100644' && mode !== '100755') {
        throw refuse(`holds a link or a submodule: ${path}`, `にリンクかサブモジュールがあります: ${path}`);
      }
      if (!staysInside(path!) || path!.includes('\\')) {
        throw refuse(`has a path that leaves it: ${path}`, `に外へ出るパスがあります: ${path}`);
      }
      return { path: path!, mode: mode === '100755' ? '0755' : '0644', id: id!, bytes: Number(bytes) };
    });
  if (entries.length === 0) throw refuse(`has no file in ${folder || '/'}`, `の ${folder || '/'} にファイルがありません`);
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  if (entries.length > mostFiles || bytes > mostBytes) {
    throw refuse(`holds more than ${mostFiles} files or ${mostBytes} bytes`, 'は大きすぎます');
  }
  return entries.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Calls `take` with each entry's bytes, one after the other. */
export async function readBlobs(
  copy: string,
  entries: readonly TreeEntry[],
  take: (entry: TreeEntry, content: Buffer) => Promise<void>,
  signal?: AbortSignal,
): Promise<void> {
  for (let from = 0; from < entries.length; from += batch) {
    const some = entries.slice(from, from + batch);
    const { stdout } = await runGit(['-C', copy, 'cat-file', '--batch'], signal, some.map(({ id }) => `${id}\n`).join(''));
    let at = 0;
    for (const entry of some) {
      // `<id> blob <bytes>`, newline, the bytes, newline.
      const start = stdout.indexOf(10, at) + 1;
      const content = stdout.subarray(start, start + entry.bytes);
      if (stdout.subarray(at, start).toString() !== `${entry.id} blob ${entry.bytes}\n` || content.length !== entry.bytes) {
        throw fail('source-unreachable', {
          en: `${entry.path} cannot be read from ${copy}.`,
          ja: `${copy} から ${entry.path} を読めません。`,
        });
      }
      await take(entry, content);
      at = start + entry.bytes + 1;
    }
  }
}
