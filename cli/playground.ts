/** The playground: a small world to try everything on, made once when there is no inventory. */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { makeToolStore } from '../adapters/playground/tool-store-sample.ts';
import { BootError } from './supervisor/boot-error.ts';
import { playgroundInventory } from './playground-inventory.ts';

export interface Playground {
  readonly folder: string;
  readonly inventory: string;
  /** It was not there before this call. */
  readonly made: boolean;
}

/** Makes it, or leaves the one that is there as it is. It appears whole or not at all. */
export async function makePlayground(folder: string): Promise<Playground> {
  const inventory = join(folder, 'okiagari.yaml');
  if (existsSync(inventory)) return { folder, inventory, made: false };
  if (existsSync(folder)) {
    throw new BootError(
      `${folder} is there, but holds no okiagari.yaml: it is no playground of ours.\nMove it away, or write an ./okiagari.yaml.`,
    );
  }
  removeUnfinished(folder);
  const unfinished = `${folder}.unfinished-${randomBytes(4).toString('hex')}`;
  const content = playgroundInventory();
  await makeToolStore(join(unfinished, 'project'), { tools: 12, logLines: 2_000, seed: 1 });
  mkdirSync(join(unfinished, 'backups'), { recursive: true });
  mkdirSync(join(unfinished, 'tokens'), { mode: 0o700 });
  for (const { id } of content.people) {
    writeFileSync(join(unfinished, 'tokens', id), `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  }
  writeFileSync(
    join(unfinished, 'okiagari.yaml'),
    `# Made by \`npm start\`. Delete the folder to get a new one.\n${stringify(content)}`,
  );
  renameSync(unfinished, folder);
  return { folder, inventory, made: true };
}

/** Left by a start that was killed. */
function removeUnfinished(folder: string): void {
  if (!existsSync(dirname(folder))) return;
  for (const name of readdirSync(dirname(folder))) {
    if (name.startsWith(`${basename(folder)}.unfinished-`)) rmSync(join(dirname(folder), name), { recursive: true, force: true });
  }
}
