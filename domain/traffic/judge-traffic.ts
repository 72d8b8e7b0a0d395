/** What is wrong with the proxies and the servers behind them: each thing that would make a shift fail, or be forgotten. */
import { judgeSilence } from '../silent-node.ts';
import { symptom, type Symptom } from '../symptom.ts';
import { sharesOf, splitText, splitsText } from './split.ts';
import type { ProbeResult } from './judge-watch.ts';
import { isLive, type LiveProxy, type ProxyReport, type ServerView, type Setting, type Sides } from './words.ts';

/** `bearableMs`: for longer nobody may keep an answer of a weighted name. */
export function judgeTraffic(
  reports: readonly ProxyReport[],
  sides: Sides,
  probes: Readonly<Record<string, ProbeResult>>,
  bearableMs: number,
): Symptom[] {
  const live = reports.filter(isLive);
  return [
    ...reports.flatMap((report) => (isLive(report) ? (report.silent ?? []) : [report])).map((one) => silent(judgeSilence(one))),
    ...live.flatMap((proxy) => [...judgeRights(proxy), ...judgeServers(proxy, sides), ...judgeSaved(proxy, sides)]),
    ...live.flatMap((place) => judgeName(place, bearableMs)),
    ...judgeSplits(live, sides),
    ...Object.entries(probes).flatMap(([side, { ok, said }]) =>
      ok
        ? []
        : [symptom('probe-failed', `The probe of ${side} failed: ${said}.`, `${side} のプローブが失敗: ${said}。`, { side })],
    ),
  ];
}

/** `node-…` is for servers with data. */
const silent = ({ id, sentence, evidence }: Symptom): Symptom => ({
  id: id.replace('node-', 'proxy-'),
  sentence,
  ...(evidence && { evidence }),
});

const judgeRights = ({ node, level }: LiveProxy): Symptom[] =>
  level === 'admin'
    ? []
    : [
        symptom(
          'no-admin-level',
          `${node} gives us the level "${level}": nothing can be set there.`,
          `${node} での権限は "${level}" で、設定を変更できません。`,
          { proxy: node, level },
        ),
      ];

function judgeServers({ node, servers }: LiveProxy, sides: Sides): Symptom[] {
  const shares = sharesOf(servers, sides);
  const about = { proxy: node };
  const found = Object.entries(sides).flatMap(([side, names]) =>
    names.flatMap((name): Symptom[] => {
      const server = servers.find((one) => one.server === name);
      const where = { ...about, side, server: name };
      if (server === undefined) {
        return [symptom('server-missing', `${node} has no server ${name}.`, `${node} にサーバー ${name} がありません。`, where)];
      }
      return judgeServer(node, server, shares[side]! > 0, where);
    }),
  );
  const known = Object.values(sides).flat();
  const strangers = servers.filter((one) => !known.includes(one.server) && one.weight > 0 && one.state === 'ready');
  return [
    ...found,
    ...strangers.map(({ server }) =>
      symptom(
        'server-of-no-side',
        `${server} at ${node} takes requests and belongs to no side.`,
        `${node} の ${server} はどの側にも属さずにリクエストを受けています。`,
        { ...about, server },
      ),
    ),
  ];
}

function judgeServer(
  node: string,
  { server, state, isUp }: ServerView,
  isServing: boolean,
  where: Readonly<Record<string, string>>,
): Symptom[] {
  if (state === 'maint') {
    return [
      symptom('server-maint', `${server} is in maintenance at ${node}.`, `${node} で ${server} はメンテナンス中です。`, where),
    ];
  }
  if (!isUp) {
    return [symptom('server-down', `${server} is down at ${node}.`, `${node} で ${server} は停止と判定されています。`, where)];
  }
  // A whole side that is drained was left behind by a shift, and waits for the way back.
  if (state === 'drain' && isServing) {
    return [symptom('server-drain', `${server} is drained at ${node}.`, `${node} で ${server} はドレイン中です。`, where)];
  }
  return [];
}

function judgeSaved({ node, servers, saved }: LiveProxy, sides: Sides): Symptom[] {
  if (saved === undefined) {
    return [
      symptom(
        'state-not-kept',
        `The inventory names no state file of ${node}: a restart forgets a shift.`,
        `${node} の状態ファイルの指定がなく、再起動すると配分が失われます。`,
        { proxy: node },
      ),
    ];
  }
  if (isSaved(servers, saved, sides)) return [];
  return [
    symptom(
      'weights-not-saved',
      `The state file of ${node} has not what is set there: a restart would change the split.`,
      `${node} の状態ファイルが現在の設定と異なり、再起動すると配分が変わります。`,
      { proxy: node },
    ),
  ];
}

/** Whether a restart would bring back what is set. */
export const isSaved = (servers: readonly Setting[], saved: readonly Setting[], sides: Sides): boolean =>
  servers
    .filter(({ server }) => Object.values(sides).flat().includes(server))
    .every((one) =>
      saved.some(({ server, weight, state }) => server === one.server && weight === one.weight && state === one.state),
    );

function judgeName({ node, behind = [], keptMs = 0 }: LiveProxy, bearableMs: number): Symptom[] {
  const seconds = keptMs / 1_000;
  return [
    ...behind.map((server) =>
      symptom(
        'proxies-disagree',
        `${server} does not serve what the primary of ${node} has.`,
        `${server} の応答が ${node} のプライマリと一致しません。`,
        { proxy: node, server },
      ),
    ),
    ...(keptMs <= bearableMs
      ? []
      : [
          symptom(
            'ttl-too-long',
            `Somebody may keep an answer of ${node} for ${seconds} s: longer than a step is watched, or than a side that was left is waited for.`,
            `${node} の応答は ${seconds} 秒保持され得ます(段階の監視時間またはドレイン時間より長い)。`,
            { proxy: node, seconds },
          ),
        ]),
  ];
}

function judgeSplits(live: readonly LiveProxy[], sides: Sides): Symptom[] {
  const splits = live.map(({ node, servers }) => ({ node, shares: sharesOf(servers, sides) }));
  const told = splitsText(splits.map(({ node, shares }) => ({ node, split: splitText(shares) })));
  const different = new Set(splits.map(({ shares }) => splitText(shares)));
  if (different.size > 1) {
    return [symptom('proxies-disagree', `The proxies differ: ${told}.`, `プロキシ間で配分が異なります: ${told}。`)];
  }
  const shares = Object.values(splits[0]?.shares ?? {});
  if (shares.length === 0 || shares.includes(100)) return [];
  return shares.every((share) => share === 0)
    ? [symptom('no-side-serves', `No side has any weight: nobody is served.`, `どの側にも配分がなく、誰にも応答できません。`)]
    : [symptom('split-in-the-middle', `No side has everything: ${told}.`, `どちらの側にも寄り切っていません: ${told}。`)];
}
