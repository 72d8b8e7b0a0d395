/** A tool store under the product, with a verified backup: what the measures of backup and restore work on. */
import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeToolStore } from '../../adapters/playground/tool-store-sample.ts';
import { auditLog, toolsFolder } from '../../domain/tool-store/layout.ts';
import { timed } from '../side-by-side.ts';
import { startProduct, type Product } from './product.ts';

interface Store extends Product {
  /** Folder that holds `.pi/`. */
  readonly root: string;
  /** Files of a finished backup, as plain copies. */
  readonly filesOf: (backup: string) => string;
  /** Takes a backup; its id and the milliseconds from the request to `complete`. */
  readonly backup: (kind?: 'full' | 'incremental') => Promise<{ id: string; ms: number }>;
  readonly verify: (backup: string) => Promise<void>;
  /** Milliseconds from the request to `recovered`. */
  readonly recover: () => Promise<number>;
  /** The disaster: everything of the store is gone. */
  readonly lose: () => void;
}

interface StoreSize {
  readonly tools: number;
  /** Lines are repeated until the log has this size. */
  readonly logBytes?: number;
  /** Small files beside the tools, which the agent does not read. */
  readonly others?: number;
}

export async function startStore(tidy: AsyncDisposableStack, { tools, logBytes, others = 0 }: StoreSize): Promise<Store> {
  const target = { id: 'tools', kind: 'tool-store', root: './project', repositories: ['local'], agent: 'none' };
  const product = await startProduct(tidy, { targets: [target] });
  const { folder, call, until } = product;
  const root = join(folder, 'project');
  await makeToolStore(root, { tools, logLines: 2_000, seed: 1 });
  if (logBytes !== undefined) growLog(join(root, auditLog), logBytes);
  addOthers(join(root, toolsFolder, 'archive'), others);
  return {
    ...product,
    root,
    filesOf: (backup) => join(folder, 'backups', 'tools', backup, 'files'),
    async backup(kind = 'full') {
      let id = '';
      const ms = await timed(async () => {
        ({ id } = await call<{ id: string }>('POST', '/v1/targets/tools/backups', { kind }));
        await until<{ status: string }>(`/v1/backups/${id}`, ({ status }) => status === 'complete');
      });
      return { id, ms };
    },
    async verify(id) {
      await call('POST', `/v1/backups/${id}/verify`);
      await until<{ status: string }>(`/v1/backups/${id}`, ({ status }) => status === 'verified');
    },
    recover: () =>
      timed(async () => {
        const request = { scenario: 'tool-store-loss', target: 'tools', reason: 'bench' };
        const { id } = await call<{ id: string }>('POST', '/v1/recoveries', request);
        const end = await until<{ status: string }>(`/v1/recoveries/${id}`, ({ status }) => status !== 'running');
        if (end.status !== 'recovered') throw new Error(`the recovery ended otherwise: ${JSON.stringify(end)}`);
      }),
    lose: () => rmSync(join(root, '.pi'), { recursive: true }),
  };
}

function growLog(log: string, bytes: number): void {
  const lines = readFileSync(log);
  for (let size = lines.length; size < bytes; size += lines.length) appendFileSync(log, lines);
}

function addOthers(folder: string, count: number): void {
  for (let n = 0; n < count; n++) {
    const below = join(folder, String(n % 100));
    if (n < 100) mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `${n}.json`), JSON.stringify({ n, text: 'x'.repeat(1_000) }));
  }
}
