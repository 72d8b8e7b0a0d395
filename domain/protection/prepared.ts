/** Whether a proxy is prepared to protect, and the lines of its configuration that it lacks. */
import type { Text } from '../text.ts';
import { findOverlap, isCovered } from './networks.ts';
import type { LiveGuard, Piece } from './words.ts';

/** Where the inventory says that the pieces are. */
export interface Pieces {
  readonly frontend: string;
  readonly table: string;
  readonly limits: { readonly map: string; readonly key: string };
  readonly denyList: string;
  readonly allowList: string;
  readonly never: readonly string[];
}

/** Lines of haproxy.cfg that bring a piece. */
export function linesFor(piece: Piece, { frontend, table, limits, denyList, allowList }: Pieces): string[] {
  const lines: Readonly<Record<Piece, readonly string[]>> = {
    frontend: [`frontend ${frontend}`, 'mode http'],
    table: [
      `backend ${table}`,
      'stick-table type ipv6 size 100k expire 10m store http_req_rate(10s)',
      `frontend ${frontend}`,
      `http-request track-sc0 src table ${table}`,
    ],
    allowList: [`acl never src -f ${allowList}`],
    denyList: [`http-request deny deny_status 403 if !never { src -f ${denyList} }`],
    limits: [
      `http-request set-var(txn.limit) str(${limits.key}),map_str_int(${limits.map},0)`,
      'http-request deny deny_status 429 if !never { var(txn.limit) -m int gt 0 } { sc_http_req_rate(0),sub(txn.limit) gt 0 }',
    ],
  };
  return [...lines[piece]];
}

/** Of `never` what the proxy's rules would deny all the same. */
export const notAllowed = ({ allowed }: LiveGuard, { never }: Pieces): string[] =>
  never.filter((one) => !isCovered(one, allowed));

/** Entries of the deny list that share an address with `never`. */
export const deniedThough = ({ denied }: LiveGuard, never: readonly string[]): string[] =>
  denied.filter((one) => findOverlap(one, never) !== undefined);

/** What keeps this proxy from protecting; empty where nothing does. */
export function whyUnprepared(guard: LiveGuard, pieces: Pieces): Text[] {
  const { node, level, missing } = guard;
  // It may set lists all the same, and is not shown whom to put on them.
  if (level === 'user') {
    return [
      {
        en: `${node} gives us the level "user", which sees no table: it takes "operator" at least.`,
        ja: `${node} での権限 "user" ではテーブルを参照できません。"operator" 以上が必要です。`,
      },
    ];
  }
  const lines = missing.flatMap((piece) => linesFor(piece, pieces)).map((line) => `\`${line}\``);
  const names = missing.map((piece) => nameOf(piece, pieces));
  const open = missing.includes('allowList') ? [] : notAllowed(guard, pieces);
  const denied = deniedThough(guard, pieces.never);
  return [
    ...(missing.length === 0
      ? []
      : [
          {
            en: `${node} has no ${names.join(', no ')}: its configuration needs ${lines.join(' ')}.`,
            ja: `${node} に ${names.join('、')} がありません。設定に必要な行: ${lines.join(' ')}。`,
          },
        ]),
    ...(open.length === 0
      ? []
      : [
          {
            en: `${node} would limit ${open.join(', ')}: put them into ${pieces.allowList} and reload it.`,
            ja: `${node} は ${open.join('、')} も制限します。${pieces.allowList} に追加して再読み込みしてください。`,
          },
        ]),
    ...(denied.length === 0
      ? []
      : [
          {
            en: `${node} denies ${denied.join(', ')}, which holds some of those never to be denied: take it from ${pieces.denyList}.`,
            ja: `${node} は拒否してはならない宛先を含む ${denied.join('、')} を拒否しています。${pieces.denyList} から外してください。`,
          },
        ]),
  ];
}

const nameOf = (piece: Piece, { frontend, table, limits, denyList, allowList }: Pieces): string =>
  ({
    frontend: `frontend ${frontend} of mode http`,
    table: `table ${table} of addresses with http_req_rate`,
    limits: `map ${limits.map}`,
    denyList: `list ${denyList}`,
    allowList: `list ${allowList}`,
  })[piece];
