/** Whether a host of the inventory is the machine that we run on. */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';

/** A folder of the same name is on every host: what is said of it holds for a node only where the node is. */
export async function isThisMachine(host: string): Promise<boolean> {
  const own = Object.values(networkInterfaces()).flatMap((addresses) => (addresses ?? []).map(({ address }) => address));
  const addresses = await lookup(host, { all: true });
  return addresses.some(({ address }) => own.includes(address) || address.startsWith('127.'));
}
