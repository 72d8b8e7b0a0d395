/** Looks at what may make tools wait without being their fault: the machine, and what they depend on. */
import { judgeReach } from '../../domain/timeouts/circumstances.ts';
import type { MachineLoad, Probe } from '../../domain/timeouts/words.ts';
import type { Ports } from '../ports/index.ts';
import { requireRoot, toolStoreTarget } from '../tool-store/target.ts';

/** Long enough that the kernel's clock of 10 ms tells shares apart. */
const watchMs = 500;
const mostProcesses = 10;

type OfTarget = { readonly target: string };

export async function measureLoad(ports: Ports, input: OfTarget, signal?: AbortSignal): Promise<MachineLoad> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  return ports.load.readLoad(target.root, { watchMs, most: mostProcesses, signal });
}

export async function probeDependencies(ports: Ports, input: OfTarget, signal?: AbortSignal): Promise<readonly Probe[]> {
  const { dependencies } = toolStoreTarget(ports, input.target);
  return Promise.all(
    dependencies.map(async (dependency) =>
      judgeReach(
        dependency.id,
        'url' in dependency
          ? await ports.prober.askHttp(dependency.url, dependency.timeoutMs, signal)
          : await ports.prober.connectTcp(dependency.host, dependency.port, dependency.timeoutMs, signal),
      ),
    ),
  );
}
