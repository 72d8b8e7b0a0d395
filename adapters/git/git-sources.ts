/** Source code through the git command: one shallow bare copy a commit, kept in a folder of our own, never checked out. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { SourceCode, SourceFile } from '../../activities/ports/source-code.ts';
import type { SourceEntry } from '../../contracts/source-code.ts';
import { fail } from '../../domain/fail.ts';
import { hasCode, inside } from '../files/inside.ts';
import { listTree, readBlobs, type TreeEntry } from './git-tree.ts';
import { runGit } from './run-git.ts';

const unfinishedMs = 3_600_000;
const unusedMs = 30 * 86_400_000;

export function createGitSources(folder: string): SourceCode {
  const home = ({ git }: SourceEntry): string => join(folder, createHash('sha256').update(git).digest('hex').slice(0, 24));

  /** The copy that holds the commit, brought where it is not there yet. */
  async function copyOf(source: SourceEntry, commit: string, signal?: AbortSignal): Promise<string> {
    const copy = join(home(source), `${commit}.git`);
    if ((await stat(copy).catch(() => undefined)) !== undefined) return copy;
    const making = join(home(source), `making-${randomBytes(6).toString('hex')}`);
    await mkdir(home(source), { recursive: true });
    try {
      await must(source, await runGit(['init', '--quiet', '--bare', '--template=', making], signal));
      // By its name first: not every server gives out a commit by its id.
      const fetched = await fetchInto(making, source, source.ref, signal);
      const byName = (await runGit(['-C', making, 'rev-parse', '--verify', 'FETCH_HEAD^{commit}'], signal)).stdout
        .toString()
        .trim();
      if (fetched.code !== 0 || byName !== commit) await must(source, await fetchInto(making, source, commit, signal));
      // Another attempt may have been faster: a commit is what it is.
      await rename(making, copy).catch((error: unknown) => {
        if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
      });
      await prune(home(source));
      return copy;
    } finally {
      await rm(making, { recursive: true, force: true });
    }
  }

  async function entriesOf(source: SourceEntry, commit: string, signal?: AbortSignal) {
    if (!/^[0-9a-f]{40,64}$/.test(commit)) throw unusable(source, `${commit} is no commit`, `${commit} はコミットではありません`);
    const copy = await copyOf(source, commit, signal);
    return { copy, entries: await listTree(copy, source, commit, signal) };
  }

  return {
    async resolve(source, signal) {
      if (/^[0-9a-f]{40}$/.test(source.ref)) return source.ref;
      const { git, ref } = source;
      const names = [`refs/heads/${ref}`, `refs/tags/${ref}`, `refs/tags/${ref}^{}`, ref];
      const answer = await must(source, await runGit(['ls-remote', '--quiet', '--', git, ...names], signal));
      const found = new Map(answer.split('\n').map((line) => line.split('\t').toReversed() as [string, string]));
      // An annotated tag stands beside what it points to.
      const commit =
        found.get(`refs/heads/${ref}`) ?? found.get(`refs/tags/${ref}^{}`) ?? found.get(`refs/tags/${ref}`) ?? found.get(ref);
      if (commit !== undefined) return commit;
      throw unusable(source, `has no ${ref}`, `に ${ref} はありません`);
    },

    async list(source, commit, signal) {
      const { copy, entries } = await entriesOf(source, commit, signal);
      const files: SourceFile[] = [];
      await readBlobs(copy, entries, (entry, content) => Promise.resolve(void files.push(fileOf(entry, content))), signal);
      return files;
    },

    async bring(source, commit, into, signal) {
      const { copy, entries } = await entriesOf(source, commit, signal);
      const files: SourceFile[] = [];
      const write = async (entry: TreeEntry, content: Buffer): Promise<void> => {
        const path = inside({ root: into.root, path: `${into.path}/${entry.path}` });
        await mkdir(dirname(path), { recursive: true });
        const file = await open(path, 'wx', 0o600);
        try {
          await file.writeFile(content);
        } finally {
          await file.close();
        }
        files.push(fileOf(entry, content));
      };
      await readBlobs(copy, entries, write, signal);
      return files;
    },
  };
}

/** What a killed attempt left, and commits that nobody asked for lately; either can be brought again. */
async function prune(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const path = join(folder, name);
    const age = Date.now() - ((await stat(path).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > (name.startsWith('making-') ? unfinishedMs : unusedMs)) await rm(path, { recursive: true, force: true });
  }
}

const fetchInto = (copy: string, { git }: SourceEntry, what: string, signal?: AbortSignal) =>
  runGit(
    [
      '-C',
      copy,
      'fetch',
      '--quiet',
      '--depth=1',
      '--no-tags',
      '--no-recurse-submodules',
      '--no-write-commit-graph',
      '--',
      git,
      what,
    ],
    signal,
  );

const fileOf = ({ path, mode }: TreeEntry, content: Buffer): SourceFile => ({
  path,
  mode,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});

async function must(
  { git }: SourceEntry,
  { code, stdout, stderr }: { code: number | null; stdout: Buffer; stderr: string },
): Promise<string> {
  if (code === 0) return stdout.toString();
  const said = stderr === '' ? 'it did not end in time' : stderr;
  throw fail('source-unreachable', { en: `${git} cannot be read: ${said}`, ja: `${git} を読めません: ${said}` });
}

export const unusable = ({ git }: SourceEntry, en: string, ja: string) =>
  fail('source-unusable', { en: `${git} ${en}.`, ja: `${git} ${ja}。` });
