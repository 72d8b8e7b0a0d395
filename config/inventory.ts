/** Loads the inventory file: every fault listed with line and path, or a checked inventory. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { inventorySchema, type Inventory } from '../contracts/inventory.ts';
import { crossFaults } from '../contracts/inventory-faults.ts';
import { kinds, type Kinds } from '../contracts/kinds.ts';
import type { ScenarioEntry } from '../contracts/scenario-entry.ts';
import { scenarios } from '../contracts/scenarios.ts';
import type { SourceEntry } from '../contracts/source-code.ts';

/** What an inventory may speak of; tests bring their own. */
export interface Registry {
  readonly kinds: Kinds;
  readonly scenarios: readonly ScenarioEntry[];
}

export interface InventoryFault {
  readonly line: number;
  readonly path: string;
  readonly message: string;
}

/** Thrown when the file is wrong; refused as a whole. */
export class InventoryError extends Error {
  readonly faults: readonly InventoryFault[];
  constructor(file: string, faults: readonly InventoryFault[]) {
    super([`${file} is refused:`, ...faults.map((f) => `  line ${f.line}: ${f.path || '(file)'}: ${f.message}`)].join('\n'));
    this.name = 'InventoryError';
    this.faults = faults;
  }
}

/** Reads and checks; relative paths in it are taken from the folder of the file. Throws InventoryError. */
export function loadInventory(file: string, registry?: Registry): Inventory {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new InventoryError(file, [{ line: 0, path: '', message: `cannot be read: ${(error as Error).message}` }]);
  }
  return parseInventory(text, file, registry);
}

export function parseInventory(text: string, file: string, registry: Registry = { kinds, scenarios }): Inventory {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new InventoryError(
      file,
      document.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        path: '',
        message: error.message.split('\n')[0]!,
      })),
    );
  }
  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    // Such as an alias that points nowhere.
    throw new InventoryError(file, [{ line: 1, path: '', message: (error as Error).message }]);
  }
  const result = inventorySchema(registry.kinds).safeParse(content);
  const faults = [
    ...(result.success ? [] : result.error.issues.flatMap(shapeFaults)),
    ...crossFaults(content, registry.scenarios),
  ];
  if (faults.length > 0 || !result.success) {
    throw new InventoryError(
      file,
      faults.map(({ path, message }) => ({ line: lineOf(document, lines, path), path: path.join('.'), message })),
    );
  }
  return withAbsolutePaths(result.data as unknown as Inventory, dirname(resolve(file)));
}

/** One fault for each unknown key: each has a line of its own. */
function shapeFaults(issue: z.core.$ZodIssue): { path: PropertyKey[]; message: string }[] {
  if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, message: issue.message }];
  return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'unknown key' }));
}

/** Line of the deepest node that exists on the path. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
    const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
    if (range) return lines.linePos(range[0]).line;
  }
  return 1;
}

function withAbsolutePaths(inventory: Inventory, folder: string): Inventory {
  const absolute = <R extends object>(ref: R): R =>
    'file' in ref && typeof ref.file === 'string' ? { ...ref, file: resolve(folder, ref.file) } : ref;
  const { people, notify, trust } = inventory;
  return {
    ...inventory,
    people: people.map((one) => ({ ...one, token: absolute(one.token) })),
    ...(notify && {
      notify: {
        ...notify,
        ...(notify.smtp && { smtp: { ...notify.smtp, url: absolute(notify.smtp.url) } }),
        webhooks: notify.webhooks.map((one) => ({ ...one, url: absolute(one.url), secret: absolute(one.secret) })),
      },
    }),
    trust: { publicKeys: trust.publicKeys.map(absolute) },
    repositories: inventory.repositories.map((one) =>
      one.kind === 'directory'
        ? { ...one, path: resolve(folder, one.path) }
        : { ...one, accessKeyId: absolute(one.accessKeyId), secretAccessKey: absolute(one.secretAccessKey) },
    ),
    targets: inventory.targets.map((one) => ({
      ...one,
      ...(typeof one['root'] === 'string' && { root: resolve(folder, one['root']) }),
      ...(Array.isArray(one['sources']) && {
        sources: one['sources'].map((source: SourceEntry) =>
          source.git.startsWith('.') ? { ...source, git: resolve(folder, source.git) } : source,
        ),
      }),
    })),
  };
}
