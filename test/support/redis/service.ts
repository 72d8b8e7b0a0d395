/** A Redis server as a service of systemd, by a unit that does as Debian's: whoever ends it, it is started again. */
import { dirname } from 'node:path';
import { findRedis } from '../../../scripts/test-servers.mjs';
import type { TestMachine } from '../systemd/machine.ts';
import type { TestRedis } from './server.ts';

const unitOf = ({ folder, control: { config } }: TestRedis): string => `[Service]
Type=notify
ExecStart=${findRedis()} ${config} --supervised systemd --daemonize no
TimeoutStopSec=0
Restart=always
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

/** Killed again and again, until systemd gives it up. */
export async function killForGood(server: TestRedis, machine: TestMachine, unit: string): Promise<void> {
  while (machine.service(unit).state !== 'failed') await server.kill();
}
