/** A cluster on machines of their own, each with a cable to us and one to the other. Needs root, as its network does. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startNetwork, type Cable } from '../network.ts';
import { until, type TestCluster } from './cluster.ts';
import { owner, postgresBin, type TestServer } from './server.ts';

export interface ApartCluster extends TestCluster {
  /** Between us and the primary; its standby reaches it all the same. */
  readonly toPrimary: Cable;
}

/** Moves a primary and its standby there; `stop` stops them and takes the machines away. */
export async function setApart(cluster: TestCluster): Promise<ApartCluster> {
  const [a, b] = cluster.servers as [TestServer, TestServer];
  const network = startNetwork();
  const [machineA, machineB] = [network.machine(), network.machine()];
  const [toA, toB, between] = [
    network.join(undefined, machineA),
    network.join(undefined, machineB),
    network.join(machineA, machineB),
  ];
  const start = async (node: TestServer, machine: string): Promise<void> => {
    const asOwner = ['setpriv', `--reuid=${owner!.uid}`, `--regid=${owner!.gid}`, '--clear-groups'];
    network.run(machine, [...asOwner, join(postgresBin(), 'postgres'), '-D', node.folder]);
    await until(node, 'select true');
  };
  for (const node of [b, a]) {
    await node.stop();
    node.set({ listen_addresses: '*' });
    execFileSync('sed', ['-i', 's/127.0.0.1.32/0.0.0.0\\/0/', join(node.folder, 'pg_hba.conf')]);
  }
  b.set({
    primary_conninfo: `host=${between.addresses[0]} port=${a.port} user=repl application_name=b password=${cluster.secret(cluster.roles.replication.password)}`,
  });
  await start(a, machineA);
  await start(b, machineB);
  await cluster.caughtUp();
  const [first, second] = cluster.nodes;
  return {
    ...cluster,
    nodes: [
      { ...first!, host: toA.addresses[1] },
      { ...second!, host: toB.addresses[1] },
    ],
    toPrimary: toA,
    async stop() {
      await cluster.stop();
      network.remove();
    },
  };
}
