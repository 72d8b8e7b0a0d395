/** The Temporal server for one machine: what is there already, else the SDK's download, else built from its Go module. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { builtTemporal, cacheFolder, downloadedTemporal, findTemporal, temporalVersion } from '../temporal-cli.mjs';
import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { runProgram } from './program.mjs';

/** A firewall that swallows packets must not hold up the start. */
const silentDownloadMs = 10_000;
const goModule = `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`;

/** @param {string} project */
export async function setUpTemporal(project) {
  if (findTemporal()) return;
  await withLock(join(cacheFolder(), 'setup.lock'), async () => {
    if (findTemporal()) return;
    const reason = await download(project);
    if (reason !== undefined) await build(reason);
  });
}

/**
 * Answers why it did not work, undefined when it did.
 * @param {string} project
 */
async function download(project) {
  const folder = scratch(downloadedTemporal());
  try {
    const ownNode = join(project, 'node_modules/.bin/node');
    const { code, output } = await runProgram(
      existsSync(ownNode) ? ownNode : process.execPath,
      [fileURLToPath(new URL('./download.mjs', import.meta.url)), folder],
      {
        title: "Fetching the Temporal server by the SDK's own download",
        cwd: project,
        stuckAfterMs: silentDownloadMs,
        progress: () => bytesIn(folder),
        describe: () => `${Math.round(bytesIn(folder) / 1e6)} MB`,
      },
    );
    const file = readdirSync(folder).find((name) => !name.endsWith('.downloading'));
    if (file === undefined) return inShort(output) || `exit code ${code}`;
    renameSync(join(folder, file), downloadedTemporal());
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {string} downloadFailure */
async function build(downloadFailure) {
  const folder = scratch(builtTemporal());
  try {
    process.stdout.write(`  not possible here: ${downloadFailure}\n`);
    const { code, output } = await runProgram('go', ['install', '-v', goModule], {
      title: `Building the Temporal server ${temporalVersion} from its Go module, once (3 to 5 minutes)`,
      cwd: folder,
      env: { ...process.env, GOBIN: folder },
      describe: (lines, last) =>
        last.startsWith('go: ')
          ? last.slice(4)
          : lines === 0
            ? ''
            : `${lines} packages${last ? `, now ${last.split('/').slice(-3).join('/')}` : ''}`,
    });
    if (code === 127) {
      throw new SetupError(
        `no Temporal server. There is no \`temporal\` on the PATH, its download failed (${downloadFailure}), and there is no \`go\` to build it.`,
        waysToTemporal,
      );
    }
    if (code !== 0) {
      throw new SetupError(
        `no Temporal server. Its download failed (${downloadFailure}) and so did its build; the last words are above.`,
        [`go install ${goModule}   # by hand, to see everything`, ...waysToTemporal],
        output,
      );
    }
    renameSync(join(folder, 'temporal'), builtTemporal());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const waysToTemporal = [
  'install the Temporal CLI      # https://docs.temporal.io/cli, then run this again',
  'install Go 1.24 or newer      # https://go.dev/dl/, then run this again: it builds the server itself',
  'TEMPORAL_ADDRESS=host:7233 npm start   # use a Temporal that runs elsewhere',
];

/**
 * A folder beside the final place, on the same file system, so that the finished file arrives by one rename.
 * @param {string} destination
 */
function scratch(destination) {
  mkdirSync(dirname(destination), { recursive: true });
  return mkdtempSync(join(dirname(destination), 'unfinished-'));
}

/** @param {string} folder */
function bytesIn(folder) {
  return readdirSync(folder).reduce((sum, name) => {
    try {
      return sum + statSync(join(folder, name)).size;
    } catch {
      return sum; // renamed between the two looks
    }
  }, 0);
}

/**
 * The SDK's message nests the same address three times; nearly always the network is the reason.
 * @param {string} output
 */
function inShort(output) {
  if (output.includes('error sending request')) return 'its download service cannot be reached';
  const line = output.split('\n').find((one) => /fail|error|no progress/i.test(one));
  return line?.trim().slice(0, 200);
}
