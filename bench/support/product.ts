/** The whole product as `npm start` runs it, on a folder of its own and free ports: real processes, real HTTP, the same supervisor. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { stringify } from 'yaml';
import { startStack } from '../../cli/supervisor/stack.ts';
import { readEnvironment } from '../../config/environment.ts';

export interface Product {
  readonly folder: string;
  /** `http://127.0.0.1:<port>`. */
  readonly api: string;
  readonly temporalAddress: string;
  /** Asks as hana, who may do everything but approve; throws unless the answer is 2xx. */
  readonly call: <T>(method: 'GET' | 'POST', path: string, body?: unknown) => Promise<T>;
  /** Asks again, every 20 ms unless said otherwise, until the answer is as wanted. */
  readonly until: <T>(path: string, wanted: (answer: T) => boolean, everyMs?: number) => Promise<T>;
}

interface ProductOptions {
  /** Entries of the inventory; the repository is called `local`, relative paths are below the folder. */
  readonly targets: readonly object[];
  /** Somebody else's Temporal instead of one of its own. */
  readonly temporalAddress?: string;
}

export const token = 'a-token-for-the-bench-0123456789';

/** A folder for one measure with an inventory of these targets. */
export function makeHome(
  tidy: AsyncDisposableStack,
  targets: readonly object[],
): { folder: string; variables: NodeJS.ProcessEnv } {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-bench-'));
  tidy.defer(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'backups'));
  const inventory = join(folder, 'okiagari.yaml');
  const people = [
    { id: 'hana', name: 'Hana', roles: ['operator'], token: { env: 'BENCH_TOKEN' } },
    { id: 'ren', name: 'Ren', roles: ['approver'], token: { env: 'BENCH_TOKEN_OF_REN' } },
  ];
  const repositories = [{ id: 'local', kind: 'directory', path: './backups' }];
  writeFileSync(inventory, stringify({ version: 1, locale: 'en', people, repositories, targets }));
  const ours = {
    OKIAGARI_INVENTORY: inventory,
    OKIAGARI_DATA: join(folder, 'data'),
    OKIAGARI_API_PORT: '0',
    OKIAGARI_TEMPORAL_PORT: '0',
    OKIAGARI_TEMPORAL_UI_PORT: '0',
    BENCH_TOKEN: token,
    BENCH_TOKEN_OF_REN: `${token}-of-ren`,
  };
  const inherited = Object.entries(process.env).filter(([name]) => !/^(TEMPORAL_|OKIAGARI_(?!TEMPORAL_CLI))/.test(name));
  return { folder, variables: { ...Object.fromEntries(inherited), ...ours } };
}

export async function startProduct(tidy: AsyncDisposableStack, options: ProductOptions): Promise<Product> {
  const { folder, variables: own } = makeHome(tidy, options.targets);
  const variables = { ...own, ...(options.temporalAddress !== undefined && { TEMPORAL_ADDRESS: options.temporalAddress }) };
  const said: string[] = [];
  const stack = await startStack({
    environment: readEnvironment(variables),
    inventory: join(folder, 'okiagari.yaml'),
    variables,
    say: (line) => void said.push(line),
  });
  if (stack === undefined) throw new Error(said.join('\n'));
  tidy.defer(() => stack.stop());

  const call: Product['call'] = async <T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${stack.api}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'accept-language': 'en', 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}\n${said.slice(-20).join('\n')}`);
    return JSON.parse(text) as T;
  };
  return {
    folder,
    api: stack.api,
    temporalAddress: stack.temporalAddress,
    call,
    async until<T>(path: string, wanted: (answer: T) => boolean, everyMs = 20): Promise<T> {
      const deadline = Date.now() + 60_000;
      for (;;) {
        const answer = await call<T>('GET', path);
        if (wanted(answer)) return answer;
        if (Date.now() > deadline) throw new Error(`${path} is still not so: ${JSON.stringify(answer)}`);
        await delay(everyMs);
      }
    },
  };
}
