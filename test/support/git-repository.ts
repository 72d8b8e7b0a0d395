/** Bare git repositories made for a test, on this machine only. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface GitRepository {
  /** Path of the bare repository. */
  readonly path: string;
  /** Makes these files the whole content (null content: a link to nowhere) and answers the commit. Names ending in `*` may be run. */
  commit(files: Readonly<Record<string, string | null>>, branch?: string): string;
  tag(name: string, commit: string): void;
}

export function makeGitRepository(folder: string): GitRepository {
  const path = join(folder, 'source.git');
  const work = join(folder, 'source-work');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.jp', '-C', work, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
    }).trim();
  mkdirSync(work, { recursive: true });
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', path], { stdio: 'ignore' });
  git('init', '--quiet', '--initial-branch=main');
  return {
    path,
    commit(files, branch = 'main') {
      git('checkout', '--quiet', '-B', branch);
      for (const entry of git('ls-files').split('\n').filter(Boolean)) rmSync(join(work, entry), { force: true });
      for (const [name, content] of Object.entries(files)) {
        const file = join(work, name.replace(/\*$/, ''));
        mkdirSync(dirname(file), { recursive: true });
        if (content === null) symlinkSync('/etc/passwd', file);
        else writeFileSync(file, content, { mode: name.endsWith('*') ? 0o755 : 0o644 });
      }
      git('add', '--all');
      git('commit', '--quiet', '--allow-empty', '-m', 'state');
      git('push', '--quiet', '--force', path, branch);
      return git('rev-parse', 'HEAD');
    },
    tag(name, commit) {
      git('tag', '-a', name, commit, '-m', name);
      git('push', '--quiet', path, name);
    },
  };
}
