/** The S3 server that tests and measures run against: what is there already, else built from its Go module. */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { builtObjectStore, findObjectStore, objectStoreVersion } from '../object-store.mjs';
import { cacheFolder } from '../temporal-cli.mjs';
import { SetupError } from './failure.mjs';
import { withLock } from './lock.mjs';
import { runProgram } from './program.mjs';

const goModule = `github.com/versity/versitygw/cmd/versitygw@v${objectStoreVersion}`;

export async function setUpObjectStore() {
  if (findObjectStore()) return;
  await withLock(join(cacheFolder(), 'setup.lock'), async () => {
    if (!findObjectStore()) await build();
  });
}

async function build() {
  const destination = builtObjectStore();
  mkdirSync(dirname(destination), { recursive: true });
  // Beside the final place, on the same file system, so that the finished file arrives by one rename.
  const folder = mkdtempSync(join(dirname(destination), 'unfinished-'));
  try {
    const { code, output } = await runProgram('go', ['install', '-v', goModule], {
      title: `Building the S3 server of the tests (versitygw ${objectStoreVersion}) from its Go module, once (1 to 3 minutes)`,
      cwd: folder,
      env: { ...process.env, GOBIN: folder },
      describe: (lines) => (lines === 0 ? '' : `${lines} packages`),
    });
    if (code === 127) {
      throw new SetupError('the tests need an S3 server: there is no `versitygw` on the PATH, and no `go` to build it.', ways);
    }
    if (code !== 0) {
      throw new SetupError(
        'the tests need an S3 server, and building it failed; the last words are above.',
        [`go install ${goModule}   # by hand, to see everything`, ...ways],
        output,
      );
    }
    renameSync(join(folder, 'versitygw'), destination);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const ways = [
  'install Go 1.24 or newer      # https://go.dev/dl/, then run this again: it builds the server itself',
  'install versitygw on the PATH # https://github.com/versity/versitygw/releases',
];
