/** A recovery in the middle of its work, as long-winded as one gets: twelve steps, an open gate with a plan, evidence everywhere. */
import type { Plan, RecoveryState, Step, Waiting } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';

const long: Text = { en: 'word '.repeat(400), ja: '復旧の説明'.repeat(400) };

const plan: Plan = {
  summary: long,
  digest: 'a'.repeat(64),
  size: { items: 100, bytes: 1_000_000, share: 1 },
  counts: { add: 50, overwrite: 50, keep: 0, remove: 0 },
  changes: Array.from({ length: 100 }, (_, n) => ({ action: 'add' as const, path: `.pi/tools/dt_${n}.json` })),
  truncated: false,
  ref: 'plans/a',
};

export const longStep = (n: number): Step => ({
  name: `step ${n}`,
  path: '',
  outcome: 'done',
  sentence: long,
  startedAt: '2026-11-22T02:00:00.000Z',
  endedAt: '2026-11-22T02:00:01.000Z',
  attempts: 1,
  evidence: { listing: 'evidence of the step '.repeat(1_000) },
});

export const waitingForApproval: Waiting = {
  gate: 'restore',
  path: '',
  kind: 'approval',
  title: { en: 'Overwrite 50 tools.', ja: 'ツール 50 件を上書き。' },
  digest: plan.digest,
  need: 1,
  votes: [],
  from: ['admins'],
  deadline: '2026-11-22T02:05:00.000Z',
  otherwise: 'stop',
  choices: ['approve', 'reject'],
  plan,
  input: { tools: ['a secret wish'] },
  inputSchema: { type: 'object', description: 'schema words' },
};

export const longState = (more: Partial<RecoveryState> = {}): RecoveryState => ({
  id: 'tools~0197c0de-0000-7000-8000-000000000000',
  scenario: 'tool-store-loss',
  target: 'tools',
  mode: 'run',
  status: 'waiting',
  phase: 'gate',
  requestedBy: 'hana',
  reason: 'all tools are gone',
  startedAt: '2026-11-22T02:00:00.000Z',
  steps: Array.from({ length: 12 }, (_, n) => longStep(n + 1)),
  waitingFor: [waitingForApproval],
  timing: { detectionMs: 0, decisionMs: 0, approvalMs: 1_000, machineMs: 2_000, totalMs: 3_000 },
  objectives: { rtoMs: 900_000, rpoMs: 3_600_000, metRto: null, metRpo: null },
  ledger: 30,
  ...more,
});
