/** A breach as a crash case: a planted tool, a changed one, one with a set-id bit, one that is gone, and code that is not git's. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { addTool } from '../../../activities/tool-store/world.ts';
import { makeGitRepository } from '../../git-repository.ts';
import { notingAgent } from '../../noting-agent.ts';
import type { StoreStack } from '../../store-stack.ts';
import type { CrashCase, Wreck } from '../case.ts';
import { storesCase } from './stores.ts';

const agentHears = { recovered: ['stop', 'start'], 'rolled-back': ['stop', 'start', 'stop', 'start'] };

/** Cancelled at `cancelAt`, the store must be as broken as it was. */
export const securityBreachCase = (cancelAt?: string): CrashCase<StoreStack> =>
  storesCase('security-breach', (stack) => wreck(stack, cancelAt === undefined ? 'recovered' : 'rolled-back'), cancelAt);

async function wreck(stack: StoreStack, ends: keyof typeof agentHears): Promise<Wreck> {
  const folder = mkdtempSync(join(stack.folder, 'code-'));
  const agent = notingAgent(stack);
  const repository = makeGitRepository(folder);
  repository.commit({ 'extensions/dynamic-tools.ts': 'export default 1;\n' });
  const store = await stack.store({
    tools: 5,
    logLines: 20,
    settings: [agent.settings(), `sources: [{ path: .pi/extensions, git: ${repository.path}, folder: extensions }]`].join('\n'),
  });
  await store.verifiedBackup();
  const whole = { ...store.fingerprint() };
  const planted = addTool(store.root, 'planted', 'function execute() { return (0, eval)("1"); }');
  const changed = JSON.parse(readFileSync(store.tool(1), 'utf8')) as object;
  writeFileSync(store.tool(1), JSON.stringify({ ...changed, description: 'changed' }, null, 2));
  chmodSync(store.tool(2), 0o4755);
  rmSync(store.tool(3));
  mkdirSync(join(store.root, '.pi/extensions'));
  writeFileSync(join(store.root, '.pi/extensions/evil.ts'), 'evil\n');
  const broken = store.fingerprint();
  const bad = [planted, ...[1, 2].map((n) => store.sample.tools[n]!.path)];
  const away = (path: string): string => `.pi/tools/quarantine/${basename(path)}`;
  const code = '.pi/extensions/dynamic-tools.ts';
  const wanted =
    ends === 'rolled-back' ? broken : { ...whole, ...Object.fromEntries(bad.map((path) => [away(path), broken[path]!])) };
  const inodes = new Map<string, number>();
  const inode = (path: string): number | undefined => statSync(join(store.root, path), { throwIfNoEntry: false })?.ino;

  return {
    target: store.id,
    input: {},
    /** Files that are in their place at a death: moved or brought again, they would have another inode at the end. */
    watch() {
      if (ends === 'rolled-back') return;
      const now = store.fingerprint();
      for (const path of Object.keys(wanted)) {
        const ino = inode(path);
        if (ino !== undefined && now[path] === wanted[path] && !inodes.has(path)) inodes.set(path, ino);
      }
    },
    faults() {
      const { [code]: brought, ...now } = store.fingerprint();
      const differing = [...new Set([...Object.keys(now), ...Object.keys(wanted)])].filter((path) => now[path] !== wanted[path]);
      const again = [...inodes].filter(([path, ino]) => inode(path) !== ino).map(([path]) => path);
      const words = agent.heard();
      return [
        ...differing.map((path) => `${path} is ${now[path] ?? 'missing'}, not ${wanted[path] ?? 'missing'}`),
        ...again.map((path) => `${path} was moved or brought twice`),
        ...((brought !== undefined) === (ends === 'recovered') ? [] : [`the code is ${brought ?? 'missing'}`]),
        ...(isDeepStrictEqual(words, agentHears[ends]) ? [] : [`the agent was told to ${words.join(', ')}`]),
        ...evidenceFaults(join(stack.data, 'evidence', store.id), planted),
      ];
    },
  };
}

/** One recovery leaves one evidence, whole. */
function evidenceFaults(home: string, planted: string): string[] {
  const kept = existsSync(home) ? readdirSync(home) : [];
  if (kept.length !== 1) return [`there are ${kept.length} evidences`];
  const manifest = JSON.parse(readFileSync(join(home, kept[0]!, 'manifest.json'), 'utf8')) as { files: { path: string }[] };
  const missing = manifest.files.filter(({ path }) => !existsSync(join(home, kept[0]!, 'files', path)));
  const hasPlanted = manifest.files.some(({ path }) => path === planted);
  return [
    ...missing.map(({ path }) => `${path} is not in the evidence`),
    ...(hasPlanted ? [] : ['the planted tool is not in the evidence']),
  ];
}
