/** Runs git: an argument array, no shell, no hook, no question, no configuration but ours, and only the protocols we name. */
import { spawn } from 'node:child_process';
import { fail } from '../../domain/fail.ts';

const longestMs = 120_000;
const mostBytes = 32 * 1024 * 1024;

/** Our own environment holds secrets and is never handed on. ssh finds its key by the user, not by HOME. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LC_ALL: 'C',
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ALLOW_PROTOCOL: 'https:ssh:file',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_SSH_COMMAND: 'ssh -o BatchMode=yes -o ConnectTimeout=15',
});

/** Objects are checked as they come; hooks have no folder; big files are streamed, never mapped as packs of ours. */
const settings = ['-c', 'core.hooksPath=/dev/null', '-c', 'transfer.fsckObjects=true', '-c', 'gc.auto=0'];

export interface GitAnswer {
  readonly code: number | null;
  readonly stdout: Buffer;
  /** Its first 500 characters. */
  readonly stderr: string;
}

/** Ends by itself, at the time limit, or when `signal` aborts. Fails: source-unreachable where there is no git. */
export function runGit(args: readonly string[], signal?: AbortSignal, input = ''): Promise<GitAnswer> {
  return new Promise<GitAnswer>((resolve, reject) => {
    const child = spawn('git', [...settings, ...args], { env: environment(), stdio: ['pipe', 'pipe', 'pipe'], shell: false });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = '';
    const timer = setTimeout(() => child.kill('SIGKILL'), longestMs);
    const onAbort = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted) onAbort();
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) chunks.push(chunk);
      else child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(0, 500)));
    // One that ended early reads no more; how it ended tells why.
    child.stdin.on('error', () => undefined).end(input);
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(
        fail('source-unreachable', {
          en: `git cannot be run: ${error.message}.`,
          ja: `git を実行できません: ${error.message}。`,
        }),
      );
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve({ code, stdout: Buffer.concat(chunks), stderr: stderr.trim() });
    });
  });
}
