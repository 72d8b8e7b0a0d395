/** Whether the machine or a dependency explains timeouts better than the tools do, in words. */
import type { Text } from '../text.ts';
import type { MachineLoad, Probe, Reach, ReachFault } from './words.ts';

/** Above both, what wants to run waits for others: busy cores alone are only well used. */
const busyShare = 0.95;
const loadPerCore = 2;
/** Below this part nothing runs as it should. */
const memoryShare = 0.05;
const diskShare = 0.05;
/** A dependency that takes longer eats up the time of whoever asks it. */
const slowMs = 2_000;

/** What the machine is short of; empty where it is not the machine. */
export function starvedOf(load: MachineLoad): Text[] {
  return [
    ...(load.busyShare >= busyShare && load.loadPerCore >= loadPerCore
      ? [{ en: 'The processor is overloaded.', ja: 'CPU が過負荷です。' }]
      : []),
    ...(load.memoryFreeBytes < load.memoryBytes * memoryShare
      ? [{ en: 'Memory is running out.', ja: 'メモリが不足しています。' }]
      : []),
    ...(load.diskFreeBytes < load.diskBytes * diskShare
      ? [{ en: 'The disk is nearly full: look at disk-exhaustion.', ja: 'ディスクの空きがわずかです(disk-exhaustion を検討)。' }]
      : []),
  ];
}

export function describeLoad(load: MachineLoad): Text {
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  const free = (bytes: number, of: number): string =>
    `${(bytes / 2 ** 30).toFixed(1)} GiB (${percent(of === 0 ? 0 : bytes / of)})`;
  const [cpu, perCore] = [percent(load.busyShare), load.loadPerCore.toFixed(1)];
  const memory = free(load.memoryFreeBytes, load.memoryBytes);
  const disk = free(load.diskFreeBytes, load.diskBytes);
  const short = starvedOf(load);
  return {
    en: [`CPU ${cpu} busy, load ${perCore} a core; free: memory ${memory}, disk ${disk}.`, ...short.map(({ en }) => en)].join(
      ' ',
    ),
    ja: [
      `CPU 使用率 ${cpu}、コアあたり負荷 ${perCore}。空き: メモリ ${memory}、ディスク ${disk}。`,
      ...short.map(({ ja }) => ja),
    ].join(''),
  };
}

/** A server that answers with its own failure is down for those who need it; one that refuses a stranger is there. */
export function judgeReach(id: string, reach: Reach): Probe {
  const { ms } = reach;
  if (!reach.reached) return { id, state: 'down', ms, why: reach.why };
  const status = reach.status === undefined ? {} : { status: reach.status };
  if (reach.status !== undefined && reach.status >= 500) return { id, state: 'down', ms, ...status };
  return { id, state: ms >= slowMs ? 'slow' : 'answers', ms, ...status };
}

export function describeProbes(probes: readonly Probe[]): Text {
  if (probes.length === 0) return { en: 'No dependencies are declared.', ja: '依存先の宣言がありません。' };
  const said = probes.map(describeProbe);
  return { en: said.map(({ en }) => en).join(' '), ja: said.map(({ ja }) => ja).join('') };
}

const faults: Readonly<Record<ReachFault, Text>> = {
  refused: { en: 'refuses connections', ja: '接続を拒否' },
  'no-such-host': { en: 'has a name that nobody knows', ja: '名前解決できません' },
  'timed-out': { en: 'does not answer in time', ja: '時間内に応答なし' },
  unreachable: { en: 'cannot be reached', ja: '到達できません' },
};

function describeProbe({ id, state, ms, status, why }: Probe): Text {
  if (why !== undefined) return { en: `${id} ${faults[why].en} (${ms} ms).`, ja: `${id}: ${faults[why].ja}(${ms} ms)。` };
  const code = status === undefined ? '' : `, ${status}`;
  const words = {
    answers: { en: 'answers', ja: '応答' },
    slow: { en: 'is slow', ja: '遅い応答' },
    down: { en: 'answers with a failure', ja: '障害応答' },
  }[state];
  return { en: `${id} ${words.en} (${ms} ms${code}).`, ja: `${id}: ${words.ja}(${ms} ms${code})。` };
}

/** What to mend before tools are blamed; undefined where nothing else explains their timeouts. */
export function adviceOf(load: MachineLoad, probes: readonly Probe[]): Text | undefined {
  const short = starvedOf(load);
  const bad = probes.filter(({ state }) => state !== 'answers').map(({ id }) => id);
  if (short.length === 0 && bad.length === 0) return undefined;
  const names = { en: bad.join(', '), ja: bad.join('、') };
  return {
    en: [
      ...short.map(({ en }) => en),
      ...(bad.length > 0 ? [`Not well: ${names.en}.`] : []),
      'That may be the cause rather than the tools: mend it first, or reject.',
    ].join(' '),
    ja: [
      ...short.map(({ ja }) => ja),
      ...(bad.length > 0 ? [`不調の依存先: ${names.ja}。`] : []),
      '原因はツールではない可能性があります。先にそちらを直すか、却下してください。',
    ].join(''),
  };
}
