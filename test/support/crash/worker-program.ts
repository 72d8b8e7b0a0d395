/** The worker that is killed, in one file with its world: a death is paid for by the next start, and most of a start is loading. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown, type Plugin } from 'rolldown';

/** Its packages are found from there; the same path each time, so that what Node compiled of it is found again. */
const folder = fileURLToPath(new URL('../../../node_modules/.cache/okiagari/killed', import.meta.url));
const program = fileURLToPath(new URL('./victim-worker.ts', import.meta.url));

const built = new Map<string, Promise<string>>();

/** The path of the program; built once in each process, from the sources as they are. */
export function workerOf(world: URL): Promise<string> {
  const path = built.get(world.href) ?? build(fileURLToPath(world));
  built.set(world.href, path);
  return path;
}

async function build(world: string): Promise<string> {
  const bundle = await rolldown({
    input: entry,
    platform: 'node',
    // Native, and with threads that it finds beside itself.
    external: /^@temporalio\//,
    plugins: [entryOf(world), whereItWas],
    logLevel: 'silent',
  });
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false });
  await bundle.close();
  const path = join(folder, `worker-${basename(world, '.ts')}.js`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, output[0].code);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

const entry = 'entry';

const entryOf = (world: string): Plugin => ({
  name: entry,
  resolveId: (id) => (id === entry ? id : null),
  load: (id) =>
    id === entry
      ? `import { serve } from ${JSON.stringify(program)}; import { world } from ${JSON.stringify(world)}; await serve(world);`
      : null,
});

/** A module finds what lies beside its source. */
const whereItWas: Plugin = {
  name: 'where it was',
  transform: (code, id) =>
    code.includes('import.meta.url') ? code.replaceAll('import.meta.url', JSON.stringify(pathToFileURL(id).href)) : null,
};
