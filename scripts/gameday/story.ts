/** What happens on a gameday once everything is up: backup, damage, recovery by one person, approval by another, comparison. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { followLedger } from '../../cli/client/events.ts';
import { createClient, type Client } from '../../cli/client/http.ts';
import { ledgerLine, waitingLines } from '../../cli/client/view.ts';
import type { BackupDocument } from '../../contracts/backup.ts';
import type { StartedDocument, StatusDocument } from '../../contracts/http/recovery.ts';
import { damage, differences, takeSnapshot } from './store.ts';

export interface Scene {
  readonly api: string;
  /** The playground's folder. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

const target = 'tools';
const backupLimitMs = 30_000;

/** Throws with a sentence when anything is not as it should be. */
export async function playGameday({ api, folder, say }: Scene): Promise<void> {
  const person = (id: string): Client => createClient({ api, token: readFileSync(join(folder, 'tokens', id), 'utf8').trim() });
  const [hana, ren] = [person('hana'), person('ren')];
  const root = join(folder, 'project');

  say('\n1  Backup');
  const taken = await hana.post<BackupDocument>(`/v1/targets/${target}/backups`, { kind: 'manual', reason: 'gameday' });
  const complete = await untilBackup(hana, taken.id, ['complete', 'verified']);
  say(`   ${complete.id}: ${complete.files} files, ${complete.bytes} bytes`);
  await hana.post(`/v1/backups/${taken.id}/verify`);
  const verified = await untilBackup(hana, taken.id, ['verified']);
  say(`   verified by a restore test in ${verified.restoreMs} ms`);

  say('\n2  Damage');
  const before = takeSnapshot(root);
  const { deleted, truncated } = damage(root);
  say(`   ${deleted.length} tools deleted, ${truncated.length} cut in half, of ${before.size - 1}`);

  say('\n3  Recovery, asked for by hana');
  const { id } = await hana.post<StartedDocument>('/v1/recoveries', {
    scenario: 'tool-store-loss',
    target,
    reason: `gameday: ${deleted.length} tools deleted, ${truncated.length} cut`,
  });
  await follow(hana, ren, id, say);

  const status = await hana.get<StatusDocument>(`/v1/recoveries/${encodeURIComponent(id)}`);
  if (status.status !== 'recovered') throw new Error(`The recovery ended ${status.status}.`);
  const decisions = status.steps.filter(({ outcome }) => outcome === 'failed' || outcome === 'skipped');
  if (decisions.length > 0) throw new Error(`Steps failed or were skipped: ${decisions.map(({ name }) => name).join(', ')}`);

  say('\n4  Comparison of every file, by sha256 and mode');
  const wrong = differences(before, takeSnapshot(root));
  if (wrong.length > 0) throw new Error(`The store is not what it was:\n${wrong.map((line) => `   ${line}`).join('\n')}`);
  say(`   all ${before.size} files are what they were`);
  const { totalMs, approvalMs, machineMs } = status.timing;
  say(`   recovered in ${totalMs} ms: ${machineMs} ms of machine, ${approvalMs} ms of waiting for the approval`);
}

/** Shows the ledger live; when the gate opens, ren approves exactly what hana's ledger showed. */
async function follow(hana: Client, ren: Client, id: string, say: Scene['say']): Promise<void> {
  let approvals = 0;
  for await (const entry of followLedger(hana, id)) {
    const line = ledgerLine(entry);
    if (line !== undefined) say(`   ${line}`);
    if (entry.event !== 'gate' || entry.data.state !== 'open' || !entry.data.waiting || entry.data.waiting.votes.length > 0) {
      continue;
    }
    const { waiting } = entry.data;
    for (const shown of waitingLines(waiting)) say(`     ${shown}`);
    if (!waiting.choices.includes('approve')) {
      throw new Error(`The recovery waits at ${waiting.gate} for something else than an approval.`);
    }
    const { gate, digest } = waiting;
    await ren.post(`/v1/recoveries/${encodeURIComponent(id)}/decisions`, {
      gate,
      digest,
      decision: 'approve',
      reason: 'gameday',
    });
    approvals++;
  }
  if (approvals === 0) throw new Error('Nobody was asked, although files were overwritten.');
}

async function untilBackup(client: Client, id: string, wanted: readonly BackupDocument['status'][]): Promise<BackupDocument> {
  const deadline = Date.now() + backupLimitMs;
  for (;;) {
    const backup = await client.get<BackupDocument>(`/v1/backups/${id}`);
    if (wanted.includes(backup.status)) return backup;
    if (backup.status === 'failed' || Date.now() > deadline) {
      throw new Error(`The backup is ${backup.status}${backup.failure === undefined ? '' : `: ${backup.failure}`}`);
    }
    await delay(100);
  }
}
