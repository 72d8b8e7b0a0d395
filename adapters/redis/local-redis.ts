/** A Redis server on this machine, by its processes, its configuration and its files. Needs /proc, and the rights of its owner or root. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { ControlledRedis, RedisControl, RedisControlSettings } from '../../activities/ports/redis-control.ts';
import type { Processes } from '../../domain/redis/fence-plan.ts';
import { followed, withFollowing, withoutFollowing } from '../../domain/redis/following.ts';
import { replaceFile } from '../files/replace-file.ts';
import { processesIn, send, type FoundProcess } from '../machine/processes.ts';
import { stopService } from '../machine/stop-service.ts';
import { isThisMachine } from '../machine/this-machine.ts';
import { runAsOwner } from '../process/run-as-owner.ts';
import { keepFiles, listFiles } from './server-files.ts';

/** A command that takes longer hangs. */
const startMs = 20_000;
const killMs = 10_000;
const lookAgainMs = 5;

export const createLocalRedis = (commands: CommandRunner): RedisControl => ({
  look: async (node) => standing(await processesOf(node)),

  async kill(node, signal) {
    const { data, stop } = node.control;
    // Before its service is told, for systemd wakes what it stops (SIGCONT behind SIGTERM).
    await killThose(node);
    // Also where there was nobody: it may be about to start one.
    const whyNot = stop && (await stopService(stop, commands, signal));
    for (const until = performance.now() + killMs; (await killThose(node)) > 0;) {
      if (performance.now() > until) throw new Error(`the server of ${data} is started again and again`);
      await delay(lookAgainMs, undefined, signal ? { signal } : {});
    }
    if (whyNot !== undefined) throw new Error(whyNot);
  },

  start({ control: { start } }, signal) {
    if (start === undefined) throw new Error('the inventory does not say how it is started');
    return commands.run(start, { timeoutMs: startMs, signal });
  },

  async readFollowing({ control: { config } }) {
    return config === undefined ? undefined : followed(await readFile(config, 'utf8'));
  },

  setFollowing: ({ control }, address) => rewrite(control, (text) => withFollowing(text, address)),
  clearFollowing: ({ control }) => rewrite(control, withoutFollowing),

  listFiles: ({ control }) => listFiles(control.data),
  keepFiles: ({ control }, into, signal) => keepFiles(control.data, into, signal),

  async readIntegrity({ control }, file, signal) {
    const program = join(control.bin, file.endsWith('.rdb') ? 'redis-check-rdb' : 'redis-check-aof');
    const isThere = await stat(program).then(
      () => true,
      () => false,
    );
    if (!isThere) return undefined;
    const work = { program, args: [join(control.data, file)], owner: await stat(control.data), folder: '/', signal };
    const { code, output, said } = await runAsOwner(work);
    return { exitCode: code ?? -1, said: `${output}\n${said}`.trim().slice(-300) };
  },
});

/** Answers how many there were. */
async function killThose(node: ControlledRedis): Promise<number> {
  const found = await processesOf(node);
  for (const { pid } of found) send(pid, 'SIGKILL');
  return found.length;
}

async function rewrite({ config }: RedisControlSettings, change: (text: string) => string): Promise<void> {
  if (config === undefined) return;
  const path = await realpath(config);
  const text = await readFile(path, 'utf8');
  const wanted = change(text);
  if (wanted !== text) await replaceFile(path, wanted, await stat(path));
}

const standing = (found: readonly FoundProcess[]): Processes =>
  found.length === 0 ? 'gone' : found.some(({ isFrozen }) => isFrozen) ? 'frozen' : 'running';

/** Also one that writes a snapshot for the server. Throws where it is another server's folder, or not ours to look into. */
async function processesOf({ host, port, control: { data, config } }: ControlledRedis): Promise<FoundProcess[]> {
  if (!(await isThisMachine(host))) throw new Error(`${host} is not this machine`);
  const found = await processesIn(await realpath(data), /^(redis|valkey)-/);
  for (const { pid } of found) {
    const own = portIn(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
    if (own === undefined || own === port || (await isTlsPort(config, port))) continue;
    throw new Error(`the server of ${data} has port ${own}, not ${port}`);
  }
  return found;
}

/** Beside a port for plain TCP, which alone it shows. */
async function isTlsPort(config: string | undefined, port: number): Promise<boolean> {
  const text = config === undefined ? '' : await readFile(config, 'utf8').catch(() => '');
  return new RegExp(String.raw`^\s*tls-port\s+"?${port}"?\s*$`, 'm').test(text);
}

/** A server shows its address in its title. */
function portIn(title: string): number | undefined {
  const port = /^\S*(?:redis|valkey)-server \S*:(\d+)/.exec(title)?.[1];
  return port === undefined ? undefined : Number(port);
}
