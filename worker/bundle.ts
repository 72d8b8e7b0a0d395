/** The workflow bundle: built once, kept on disk under a hash of everything that goes in, so that a restarted worker polls within a second. */
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const project = fileURLToPath(new URL('..', import.meta.url));
const cache = join(project, 'node_modules/.cache/okiagari');
const defaultEntry = join(project, 'workflows/index.ts');
/** Rooms whose code reaches the sandbox, and the lock that pins SDK, zod and hashes. */
const sources = ['workflows', 'domain', 'contracts', 'package-lock.json'];
/** Changes where the same sources are bundled in another way. */
const shape = 'no-sources';
/** Enough for a branch or two and the toys of the tests. */
const keep = 8;

export interface BundleOptions {
  /** File that exports the workflows; ours when left out. Its folder is part of the hash. */
  readonly entry?: string;
  readonly cacheFolder?: string;
}

/** A file that `Worker.create({ workflowBundle })` takes. Safe to call from many processes at once; the same sources give the same file. */
export async function workflowBundle(options: BundleOptions = {}): Promise<{ codePath: string }> {
  const { entry = defaultEntry, cacheFolder = cache } = options;
  const codePath = join(cacheFolder, `workflows-${hashOf(entry)}.js`);
  if (existsSync(codePath)) return { codePath };
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: entry,
    logger: new DefaultLogger('WARN'),
    // Half of it would be sources that only stack traces with sources want; every start of a worker would copy and parse them.
    webpackConfigHook: (config) => ({ ...config, devtool: 'inline-nosources-source-map' }),
  });
  writeWhole(codePath, code);
  prune(cacheFolder, codePath);
  return { codePath };
}

/** Builds the bundle of the production image, where no cache is writable. */
export async function writeWorkflowBundle(codePath: string): Promise<void> {
  const built = await workflowBundle();
  writeWhole(codePath, readFileSync(built.codePath, 'utf8'));
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.${randomUUID()}`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, path);
}

function hashOf(entry: string): string {
  const hash = createHash('sha256').update(relative(project, entry)).update(process.version).update(shape);
  const roots = [...sources.map((source) => join(project, source)), dirname(entry)];
  for (const file of roots.flatMap(filesBelow)) hash.update(`\0${relative(project, file)}\0`).update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

function filesBelow(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .toSorted()
    .map((name) => join(path, name));
}

function prune(folder: string, current: string): void {
  const bundles = readdirSync(folder)
    .filter((name) => /^workflows-[0-9a-f]{16}\.js$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => path !== current)
    .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const old of bundles.slice(keep - 1)) rmSync(old, { force: true });
}
