/** Has the service of a database server stopped, by the command of the inventory. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';

/** A unit may give its server an hour. What a service manager has begun it goes on with, and starts nothing meanwhile. */
const stopMs = 10_000;

/** Answers why it could not be told, if so; one that takes its time was told. */
export async function stopService(
  stop: readonly string[],
  commands: CommandRunner,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { exitCode, ended, stderr } = await commands.run(stop, { timeoutMs: stopMs, signal });
  return exitCode === 0 || ended === 'timed-out' ? undefined : `${stop.join(' ')}: ${stderr.trim().slice(-200)}`;
}
