/** The npm packages: installed when they are not there or not those of the lock, left alone otherwise. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { runProgram } from './program.mjs';

const neededNode = 24;

/** @param {string} project */
export async function setUpPackages(project) {
  if (!packagesFit(project)) {
    const name = createHash('sha256').update(project).digest('hex').slice(0, 12);
    await withLock(join(tmpdir(), `okiagari-packages-${name}.lock`), async () => {
      if (!packagesFit(project)) await install(project);
    });
  }
  if (!hasNode(project)) {
    throw new SetupError(
      `it needs Node ${neededNode} or newer. The project brings its own for Linux on x64 and arm64 (glibc); this is ${process.platform} on ${process.arch} with Node ${process.version}.`,
      [`Install Node ${neededNode} from https://nodejs.org/ and run the command again`],
    );
  }
}

/**
 * Whether every package that the lock asks for is installed in that very version; optional ones of other platforms may be missing.
 * npm writes its hidden lock last, so an interrupted installation does not fit.
 * @param {string} project
 */
export function packagesFit(project) {
  const wanted = packagesOf(join(project, 'package-lock.json'));
  const installed = packagesOf(join(project, 'node_modules/.package-lock.json'));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const there = installed[path];
    return there ? there.version === entry.version && there.integrity === entry.integrity : entry.optional === true;
  });
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | undefined}
 */
function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** @param {string} project */
async function install(project) {
  if (!existsSync(join(project, 'package-lock.json'))) {
    throw new SetupError('package-lock.json is missing from the checkout.', ['git checkout -- package-lock.json']);
  }
  const { code, output } = await runProgram('npm', ['ci', '--include=dev', '--include=optional', '--loglevel=error'], {
    title: 'Installing the packages (npm ci, about half a minute)',
    cwd: project,
    env: { ...process.env, PATH: pathWithoutProject(project) },
  });
  if (code === 127) throw new SetupError('there is no `npm` on the PATH.', ['Install Node with npm from https://nodejs.org/']);
  if (code !== 0) {
    throw new SetupError(
      '`npm ci` failed; its last words are above. A network that cannot reach the npm registry is the usual reason.',
      ['npm ci        # run it by hand to see everything', 'npm ping      # is the registry reachable?'],
      output,
    );
  }
}

/**
 * `npm ci` deletes node_modules first, so it must not run on the Node that lives there.
 * @param {string} project
 */
function pathWithoutProject(project) {
  const own = join(project, 'node_modules');
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.startsWith(own))
    .join(delimiter);
}

/**
 * The project's own Node where it runs (not on musl), else the one that runs this.
 * @param {string} project
 */
function hasNode(project) {
  if (Number(process.versions.node.split('.')[0]) >= neededNode) return true;
  try {
    const version = execFileSync(join(project, 'node_modules/.bin/node'), ['--version'], { encoding: 'utf8' });
    return Number(version.slice(1).split('.')[0]) >= neededNode;
  } catch {
    return false;
  }
}
