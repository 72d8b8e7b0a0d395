/** Stops a PostgreSQL server on this machine so that it stays stopped, also where a service manager would start it again. */
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { MachineSettings } from '../../activities/ports/node-control.ts';
import { stopService } from '../machine/stop-service.ts';
import { endServer, killServer, serverProcesses } from './server-processes.ts';

/**
 * No process of it is left when it resolves. Its service is told even where there is none: it may be about to be started again.
 * Throws where the service cannot be told; its processes are ended then too. Twice is fine.
 */
export async function stopServer(
  home: string,
  { stop }: MachineSettings,
  commands: CommandRunner,
  signal?: AbortSignal,
): Promise<void> {
  if (stop === undefined) return endServer(home, signal);
  // systemd wakes what it stops (SIGCONT behind SIGTERM), and one that is frozen would first write.
  if ((await serverProcesses(home)).some(({ isFrozen }) => isFrozen)) await killServer(home);
  const whyNot = await stopService(stop, commands, signal);
  await endServer(home, signal);
  if (whyNot !== undefined) throw new Error(whyNot);
}
