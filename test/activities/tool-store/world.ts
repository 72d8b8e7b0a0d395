/** A real tool store with a repository and a data folder in a temporary place, and the activities on it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { expect, onTestFinished } from 'vitest';
import type { Ports } from '../../../activities/ports/index.ts';
import type { BackupKeepingActivities } from '../../../activities/backup-keeping/interface.ts';
import { createBackupKeepingActivities } from '../../../activities/backup-keeping/create-backup-keeping-activities.ts';
import { createToolStoreActivities } from '../../../activities/tool-store/create-tool-store-activities.ts';
import type { ToolStoreActivities } from '../../../activities/tool-store/interface.ts';
import { createPorts } from '../../../adapters/ports.ts';
import { inventorySchema, type Inventory } from '../../../contracts/inventory.ts';
import { toolId } from '../../../domain/tool-store/tool-file.ts';
import { makeToolStore, type ToolStoreSample } from '../../support/tool-store.ts';

export const target = 'tools';
export const recovery = 'tools~11111111-2222-3333-4444-555555555555';
export const logPath = '.pi/logs/dynamic-tools-audit.jsonl';

export interface World {
  readonly folder: string;
  readonly root: string;
  readonly data: string;
  readonly sample: ToolStoreSample;
  readonly ports: Ports;
  readonly tools: ToolStoreActivities & BackupKeepingActivities;
  /** Path of a file of the store on this machine. */
  live(path: string): string;
  /** Path of a backup's folder in a repository. */
  inRepository(backup: string, repository?: string): string;
  /** Takes a full backup at a time of day (JST-free: plain UTC ISO). */
  backUp(startedAt: string): Promise<string>;
  /** Takes one and tests it. */
  verified(startedAt: string): Promise<string>;
}

interface WorldOptions {
  readonly tools?: number;
  readonly logLines?: number;
  readonly repositories?: readonly string[];
  readonly settings?: Record<string, unknown>;
  /** Changes the ports, to put a fault between. */
  readonly wrap?: (ports: Ports) => Ports;
  /** Where root, repositories and data lie; a new temporary folder when left out. */
  readonly at?: { root?: string; data?: string };
}

export async function makeWorld(options: WorldOptions = {}): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'okiagari-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const root = options.at?.root ?? join(folder, 'project');
  const data = options.at?.data ?? join(folder, 'data');
  const repositories = options.repositories ?? ['local'];
  const inventory = makeInventory(folder, root, repositories, options.settings);
  const sample = await makeToolStore(root, { tools: options.tools ?? 12, logLines: options.logLines ?? 200, seed: 7 });
  const plainPorts = createPorts({ inventory: () => inventory, data, secret: () => undefined });
  const ports = options.wrap?.(plainPorts) ?? plainPorts;
  const tools = { ...createToolStoreActivities(ports), ...createBackupKeepingActivities(ports) };
  const backUp = async (startedAt: string): Promise<string> => {
    const id = idAt(startedAt);
    await tools.takeToolStoreBackup({ target, id, kind: 'full', startedAt });
    return id;
  };
  return {
    folder,
    root,
    data,
    sample,
    ports,
    tools,
    live: (path) => join(root, path),
    inRepository: (backup, repository = repositories[0]!) => join(folder, repository, target, backup),
    backUp,
    async verified(startedAt) {
      const id = await backUp(startedAt);
      expect((await tools.testToolStoreBackup({ target, backup: id })).status).toBe('verified');
      return id;
    },
  };
}

export const idAt = (startedAt: string): string => `${startedAt.replace(/[-:]|\.\d+/g, '')}-full-1a2b3c`;

function makeInventory(
  folder: string,
  root: string,
  repositories: readonly string[],
  settings: Record<string, unknown> = {},
): Inventory {
  return inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: '花', roles: ['operator', 'approver'], token: { env: 'TOKEN' } }],
    repositories: repositories.map((id) => ({ id, kind: 'directory', path: join(folder, id) })),
    targets: [{ id: target, kind: 'tool-store', root, repositories, ...settings }],
  }) as unknown as Inventory;
}

/** Every entry below a folder with its content, mode and owner: equal pictures are equal trees. */
export function picture(folder: string, below = ''): Record<string, string> {
  const found: Record<string, string> = {};
  if (!existsSync(folder)) return found;
  for (const name of readdirSync(folder).toSorted()) {
    const path = join(folder, name);
    const facts = lstatSync(path);
    const owner = `${(facts.mode & 0o7777).toString(8)} ${facts.uid}:${facts.gid}`;
    if (facts.isSymbolicLink()) found[below + name] = `link ${readlinkSync(path)}`;
    else if (facts.isDirectory()) Object.assign(found, { [`${below}${name}/`]: owner }, picture(path, `${below}${name}/`));
    else found[below + name] = `${owner} ${sha256(readFileSync(path))}`;
  }
  return found;
}

export const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** The failure an activity ends with, and that its sentence comes in Japanese too. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<{ code: string | null | undefined; message: string; details: unknown }> {
  const error = await work.then(
    (value) => expect.fail(`it answered ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApplicationFailure)) throw error;
  const details = error.details?.[0] as { ja?: string };
  expect(details.ja).toMatch(/[ぁ-んァ-ン一-龠]/);
  return { code: error.type, message: error.message, details };
}

/** Writes a tool with a true id and answers its path. */
export function addTool(
  root: string,
  name: string,
  code = 'function execute() { return { success: true }; }',
  fields = {},
): string {
  const id = toolId(name, code);
  const at = '2026-11-01T00:00:00.000Z';
  const tool = {
    id,
    name,
    description: name,
    mode: 'function',
    parameters: [],
    code,
    createdAt: at,
    updatedAt: at,
    usageCount: 0,
    confidenceScore: 1,
    verificationStatus: 'passed',
    tags: [],
    createdBy: 'agent',
    ...fields,
  };
  const path = `.pi/tools/${id}.json`;
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), JSON.stringify(tool, null, 2));
  return path;
}

/** Rewrites a tool's file with changed fields, as the agent or a vandal would. */
export function editTool(file: string, change: (tool: Record<string, unknown>) => Record<string, unknown>): void {
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>), null, 2));
}

/** A small file system of its own, unmounted when the test ends. Needs root, as CI has it. */
export function mountSmall(folder: string, size: string): void {
  mkdirSync(folder, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]);
  onTestFinished(() => void execFileSync('umount', ['-l', folder]));
}

export const remount = (folder: string, how: 'ro' | 'rw'): void => void execFileSync('mount', ['-o', `remount,${how}`, folder]);

/** Plans and applies with what is protected now. */
export async function restore(world: World, backup: string, only?: readonly string[]) {
  const kept = await world.tools.protectToolStore({ target, recovery });
  const plan = await world.tools.planRestore({ target, recovery, backup, tools: only });
  const apply = () => world.tools.applyRestore({ target, plan: plan.ref, digest: plan.digest, protectedAs: kept.ref });
  const undo = () => world.tools.undoRestore({ target, plan: plan.ref, protectedAs: kept.ref });
  return { kept, plan, apply, undo, receipt: await apply() };
}
