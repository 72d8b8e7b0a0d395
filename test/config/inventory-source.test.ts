/** The inventory of this moment: it follows its file, and a wrong file changes nothing. */
import type * as NodeFs from 'node:fs';
import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchInventory, type InventorySource } from '../../config/inventory-source.ts';
import { InventoryError } from '../../config/inventory.ts';
import { eventually } from '../support/eventually.ts';

const { afterRead } = vi.hoisted(() => ({ afterRead: { once: undefined as (() => void) | undefined } }));
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof NodeFs>();
  const readFileSync = (...args: Parameters<typeof real.readFileSync>) => {
    const text = real.readFileSync(...args);
    const then = afterRead.once;
    afterRead.once = undefined;
    then?.();
    return text;
  };
  return { ...real, readFileSync };
});

const inventory = (target: string): string => `
version: 1
people: [{ id: ren, name: Ren, roles: [operator, approver], token: { env: T } }]
repositories: [{ id: local, kind: directory, path: ./b }]
targets: [{ id: ${target}, kind: tool-store, root: ./p, repositories: [local] }]
`;

let folder: string;
let file: string;
let source: InventorySource | undefined;
let heard: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'okiagari-inventory-'));
  file = join(folder, 'okiagari.yaml');
  heard = [];
});
afterEach(() => {
  source?.close();
  rmSync(folder, { recursive: true, force: true });
});

const watch = (): void => {
  source = watchInventory(file, {
    everyMs: 10,
    onReload: ({ targets }) => heard.push(`reload ${targets[0]!.id}`),
    onRefused: ({ faults }) => heard.push(`refused ${faults[0]!.path}`),
  });
};
const target = (): string => source!.current().targets[0]!.id;

test('a change is seen, a wrong one is refused once and the old one stays, the next right one is taken', async () => {
  writeFileSync(file, inventory('first'));
  watch();
  expect(target()).toBe('first');
  writeFileSync(file, inventory('second'));
  await eventually(target).toBe('second');
  writeFileSync(file, inventory('NOT A SLUG'));
  await eventually(() => heard.at(-1)).toMatch(/^refused targets/);
  expect(target()).toBe('second');
  writeFileSync(file, inventory('third'));
  await eventually(target).toBe('third');
  expect(heard).toEqual(['reload second', 'refused targets.0.id', 'reload third']);
});

test('a change right after the first look is seen', async () => {
  writeFileSync(file, inventory('first'));
  afterRead.once = () => writeFileSync(file, inventory('second'));
  watch();
  expect(target()).toBe('first');
  await eventually(target).toBe('second');
});

test('a file that is gone changes nothing, and its return is seen', async () => {
  writeFileSync(file, inventory('first'));
  watch();
  unlinkSync(file);
  await eventually(() => heard).toEqual(['refused ']);
  expect(target()).toBe('first');
  writeFileSync(file, inventory('again'));
  await eventually(target).toBe('again');
});

test('a mounted folder that is swapped behind a link is seen', async () => {
  writeFileSync(join(folder, 'v1.yaml'), inventory('first'));
  writeFileSync(join(folder, 'v2.yaml'), inventory('second'));
  symlinkSync('v1.yaml', file);
  watch();
  symlinkSync('v2.yaml', join(folder, 'next'));
  renameSync(join(folder, 'next'), file);
  await eventually(target).toBe('second');
});

test('the first look throws, with every fault', () => {
  writeFileSync(file, inventory('NOT A SLUG'));
  expect(watch).toThrow(InventoryError);
  rmSync(file);
  expect(watch).toThrow(/cannot be read/);
});

test('after close nothing is looked at', async () => {
  writeFileSync(file, inventory('first'));
  watch();
  source!.close();
  const other = watchInventory(file, { everyMs: 10 });
  writeFileSync(file, inventory('second'));
  await eventually(() => other.current().targets[0]!.id).toBe('second');
  other.close();
  expect([target(), heard]).toEqual(['first', []]);
});
