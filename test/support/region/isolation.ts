/** What cuts a side of a bed off and lets it back: a small program that the inventory names, which asks this test, which has the servers. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';

interface Cut {
  cut(): Promise<void>;
  mend(): Promise<void>;
}

export interface Isolation {
  /** As the inventory declares it. */
  readonly declared: { readonly run: string[]; readonly undo: string[]; readonly within: string };
  readonly isCut: boolean;
  /** So often something was really cut off. */
  readonly cuts: number;
  stop(): Promise<void>;
}

const program = `
const { ok } = await fetch(process.argv[2], { method: 'POST' });
process.exit(ok ? 0 : 1);
`;

let made = 0;

/** Both may come twice, and at once: what is so already is left. */
export async function startIsolation(folder: string, servers: Cut): Promise<Isolation> {
  let isCut = false;
  let cuts = 0;
  let before: Promise<unknown> = Promise.resolve();
  const turn = async (wanted: boolean): Promise<void> => {
    if (isCut === wanted) return;
    await (wanted ? servers.cut() : servers.mend());
    isCut = wanted;
    if (wanted) cuts += 1;
  };
  const door = createServer((request, response) => {
    const turned = before.then(() => turn(request.url === '/cut'));
    before = turned.catch(() => undefined);
    turned.then(
      () => response.writeHead(204).end(),
      () => response.writeHead(500).end(),
    );
  });
  door.listen(0, '127.0.0.1');
  await once(door, 'listening');
  const file = join(folder, `isolate-${++made}.mjs`);
  writeFileSync(file, program);
  const { port } = door.address() as AddressInfo;
  const ask = (what: string): string[] => [process.execPath, file, `http://127.0.0.1:${port}/${what}`];
  return {
    declared: { run: ask('cut'), undo: ask('mend'), within: '10s' },
    get isCut() {
      return isCut;
    },
    get cuts() {
      return cuts;
    },
    async stop() {
      await before;
      door.closeAllConnections();
      door.close();
      await once(door, 'close');
    },
  };
}
