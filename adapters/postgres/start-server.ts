/** Starts a PostgreSQL server that goes on without us, as its owner. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { MachineSettings } from '../../activities/ports/node-control.ts';
import { isMissing } from '../files/inside.ts';
import { readText } from './owner-files.ts';
import { runProgram } from './run-program.ts';
import { postmasterOf, readPidFile } from './server-processes.ts';

const startSeconds = 30;
const lookEveryMs = 50;

/** Resolves when it takes connections, or is still at its log after half a minute. A server that runs already is left alone. */
export async function startServer(
  home: string,
  control: MachineSettings,
  commands: CommandRunner,
  signal?: AbortSignal,
): Promise<void> {
  if (await postmasterOf(home)) return;
  const settings = control.config === undefined ? [] : [`config_file=${control.config}`];
  const started = control.start ? run(control.start) : pgCtlStart(home, control, settings, signal);
  await started.catch(async (error: unknown) => {
    // It goes on with its log: whoever asked for it looks whether it answers.
    if (!(await postmasterOf(home))) throw error;
  });

  async function run(start: readonly string[]): Promise<void> {
    await untilReaped(home, signal);
    const { exitCode, stderr } = await commands.run(start, { timeoutMs: startSeconds * 1_000, signal });
    if (exitCode !== 0) throw new Error(`${start.join(' ')}: ${stderr.trim().slice(-200)}`);
  }
}

/** `settings` come on top of its configuration: `name=value`. */
export async function pgCtlStart(
  home: string,
  control: MachineSettings,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  await untilReaped(home, signal);
  const log = join(home, 'okiagari.log');
  const from = (await readText(log)).length;
  const words = settings.map((setting) => `-c ${quoted(setting)}`).join(' ');
  const args = ['-D', home, '-w', '-t', String(startSeconds), '-s', '-l', log];
  try {
    await runProgram(control, 'pg_ctl', [...args, ...(words === '' ? [] : ['-o', words]), 'start'], { signal });
  } catch (error) {
    // It only says that the log should be read.
    const said = (await readText(log)).slice(from).trim().slice(-300);
    throw new Error(`${(error as Error).message.trim()} ${said}`, { cause: error });
  }
}

/** pg_ctl hands its options to a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/**
 * A process that was killed may stay in the list until its parent has taken notice, and PostgreSQL then takes it for a server
 * that still has the directory.
 */
async function untilReaped(home: string, signal?: AbortSignal): Promise<void> {
  const file = await readPidFile(home);
  if (file === undefined) return;
  const isZombie = async (): Promise<boolean> => {
    try {
      const text = await readFile(`/proc/${file.pid}/stat`, 'utf8');
      return text[text.lastIndexOf(') ') + 2] === 'Z';
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  };
  const until = performance.now() + startSeconds * 1_000;
  while ((await isZombie()) && performance.now() < until) await delay(lookEveryMs, undefined, { ...(signal && { signal }) });
}
