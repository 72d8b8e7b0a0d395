/** A backup of a hundred tools and a log of 1 GB to an S3 server, next to restic on the same server; every line of the log is its own. */
import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createToolStoreActivities } from '../../activities/tool-store/create-tool-store-activities.ts';
import { createPorts } from '../../adapters/ports.ts';
import { makeToolStore } from '../../adapters/playground/tool-store-sample.ts';
import { inventorySchema, type Inventory } from '../../contracts/inventory.ts';
import { auditLog } from '../../domain/tool-store/layout.ts';
import { startObjectStore } from '../../test/support/object-store.ts';
import type { Measure } from '../measure.ts';
import { sideBySide, timed } from '../side-by-side.ts';
import { shell } from '../support/shell.ts';

const logBytes = 1_000_000_000;

export const s3OneGb: Measure = {
  id: 's3-1gb',
  title: 'Backup of 100 tools and a log of 1 GB to an S3 server',
  unit: 'ms',
  goal: 'at most restic backup to the same server',
  meets: ({ ratio = Infinity }) => ratio <= 1,
  async run(tidy) {
    const folder = mkdtempSync(join(tmpdir(), 'okiagari-bench-'));
    tidy.defer(() => rmSync(folder, { recursive: true, force: true }));
    const server = await startObjectStore();
    tidy.defer(() => server.stop());
    const root = join(folder, 'project');
    await makeToolStore(root, { tools: 100, logLines: 10, seed: 1 });
    fillLog(join(root, auditLog));
    const resticPassword = randomBytes(8).toString('hex');
    const variables = (bucket: string) => ({
      ...{ ROOT: root, HOME: folder, RESTIC_PASSWORD: resticPassword, RESTIC_REPOSITORY: `s3:${server.endpoint}/${bucket}` },
      ...{ AWS_ACCESS_KEY_ID: server.accessKeyId, AWS_SECRET_ACCESS_KEY: server.secretAccessKey },
    });
    const empty = (bucket: string): void => rmSync(join(server.folder, bucket), { recursive: true, force: true });

    const ours = async (): Promise<number> => {
      const bucket = await server.bucket();
      const ports = createPorts({
        inventory: () => inventoryOf(root, server.endpoint, bucket),
        data: join(folder, 'data'),
        secret: (ref) => ('env' in ref && ref.env === 'KEY' ? server.accessKeyId : server.secretAccessKey),
      });
      const activities = createToolStoreActivities(ports);
      const startedAt = new Date().toISOString();
      const id = `${startedAt.replaceAll(/[-:]|\.\d+/g, '')}-full-1a2b3c`;
      const ms = await timed(() => activities.takeToolStoreBackup({ target: 'tools', id, kind: 'full', startedAt }));
      empty(bucket);
      return ms;
    };
    const restic = async (): Promise<number> => {
      const bucket = await server.bucket();
      await shell('restic init --quiet', variables(bucket));
      const ms = await shell('restic backup --quiet "$ROOT/.pi"', variables(bucket));
      empty(bucket);
      return ms;
    };
    const isThere = await shell('restic version', variables('')).then(
      () => true,
      () => false,
    );
    // Without the Debian package `restic` there is nothing to be next to; the goal then stands as missed.
    if (!isThere) return { ours: [await ours(), await ours()] };
    return sideBySide({ rounds: 3, warmUp: 1, ours, against: { title: 'restic backup', run: restic } });
  },
};

/** As an agent writes it: no two lines are the same, so that nobody saves work by finding repeats. */
function fillLog(path: string): void {
  const file = openSync(path, 'a');
  const start = Date.parse('2026-01-01T00:00:00Z');
  let line = 0;
  for (let written = 0; written < logBytes;) {
    const lines = Array.from({ length: 5_000 }, () => {
      const timestamp = new Date(start + ++line * 3_000).toISOString();
      const details = { durationMs: line % 977, session: randomBytes(16).toString('hex') };
      return `${JSON.stringify({ timestamp, action: 'run_dynamic_tool', toolName: `tool_${line % 100}`, success: line % 50 > 0, details })}\n`;
    });
    written += writeSync(file, lines.join(''));
  }
  closeSync(file);
}

const inventoryOf = (root: string, endpoint: string, bucket: string): Inventory =>
  inventorySchema().parse({
    version: 1,
    people: [{ id: 'hana', name: 'Hana', roles: ['operator', 'approver'], token: { env: 'TOKEN' } }],
    repositories: [{ id: 's3', kind: 's3', endpoint, bucket, accessKeyId: { env: 'KEY' }, secretAccessKey: { env: 'SECRET' } }],
    targets: [{ id: 'tools', kind: 'tool-store', root, repositories: ['s3'], agent: 'none' }],
  }) as unknown as Inventory;
