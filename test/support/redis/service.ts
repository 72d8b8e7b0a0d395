/** A Redis server as a service of systemd, by a unit that does as Debian's: whoever ends it, it is started again. */
import { dirname } from 'node:path';
import { findRedis } from '../../../scripts/test-servers.mjs';
import { eventually } from '../eventually.ts';
import type { TestMachine } from '../systemd/machine.ts';
import type { TestRedis } from './server.ts';

const unitOf = ({ folder, control: { config } }: TestRedis, restart = 'always'): string => `[Service]
Type=notify
ExecStart=${findRedis()} ${config} --supervised systemd --daemonize no
TimeoutStopSec=0
Restart=${restart}
User=redis
Group=redis
UMask=007
ProtectSystem=strict
ReadWritePaths=${folder} ${dirname(config)}
`;

/** From now on it runs there. */
export async function handOver(server: TestRedis, machine: TestMachine, unit: string): Promise<void> {
  machine.install(`${unit}.service`, unitOf(server));
  await server.kill();
  machine.run('systemctl', 'start', unit);
}

/** Dead, and left so by systemd, as one that it has started too often. Whoever starts it has the service of before. */
export async function killForGood(server: TestRedis, machine: TestMachine, unit: string): Promise<void> {
  const reload = (restart?: string): void => {
    machine.install(`${unit}.service`, unitOf(server, restart));
    machine.run('systemctl', 'daemon-reload');
  };
  reload('no');
  await server.kill();
  await eventually(() => Promise.resolve(machine.service(unit).state)).toBe('failed');
  reload();
}
