/** A PostgreSQL server as a service of systemd, by units that do as those of packages. */
import { send } from '../../../adapters/machine/processes.ts';
import { serverProcesses } from '../../../adapters/postgres/server-processes.ts';
import type { TestMachine } from '../systemd/machine.ts';
import { postgresBin, type TestServer } from './server.ts';

/** Debian's goes through `pg_ctlcluster`, which calls pg_ctl. Who is ended stays so. */
export const debianUnit = ({ folder }: TestServer): string => `[Service]
Type=forking
User=postgres
ExecStart=-${postgresBin()}/pg_ctl start -w -s -D ${folder} -l ${folder}/service.log
TimeoutStartSec=0
ExecStop=${postgresBin()}/pg_ctl stop -s -m fast -D ${folder}
TimeoutStopSec=1h
PIDFile=${folder}/postmaster.pid
OOMScoreAdjust=-900
`;

/** The one in the manual of PostgreSQL, with a word more: whoever ends it, systemd starts it again. */
export const restartingUnit = ({ folder }: TestServer): string => `[Service]
Type=notify
User=postgres
ExecStart=${postgresBin()}/postgres -D ${folder}
KillMode=mixed
KillSignal=SIGINT
TimeoutSec=infinity
Restart=always
`;

/** From now on it runs there. The test cannot start it any more, and ends with that machine what it would not end. */
export async function handOver(server: TestServer, machine: TestMachine, unit: string, text: string): Promise<void> {
  await server.stop();
  machine.install(`${unit}.service`, text);
  machine.run('systemctl', 'start', unit);
}

/** All of its processes, whoever started them. */
export async function signalAll({ folder }: TestServer, signal: NodeJS.Signals): Promise<void> {
  for (const { pid } of await serverProcesses(folder)) send(pid, signal);
}
