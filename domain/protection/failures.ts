/** Rows of the failure table that protection against floods adds. */
import { row, type FailureRow } from '../failure-row.ts';

export const protectionFailures = {
  'proxy-not-prepared': row(
    409,
    false,
    'Put the lines that the sentence names into the configuration of the proxy, reload it, then retry.',
    '文中の設定行をプロキシに追加して再読み込みし、再試行してください。',
  ),
  'still-too-much': row(
    500,
    false,
    'All stages are raised and it is not enough. Deny more by another start, ask the provider, then retry; roll back lowers everything.',
    '全段階でも不足しています。拒否を追加するか事業者に依頼してから再試行してください。巻き戻すとすべて解除します。',
  ),
  'attack-goes-on': row(
    500,
    false,
    'Retry holds the protection as long again; skip lowers it now.',
    '再試行で防御を同じ時間継続し、省略で今すぐ解除します。',
  ),
  'hook-refused': row(
    500,
    false,
    'Read what the provider answered; mend address, secret or account and retry, or skip: the proxies protect without it.',
    '事業者の応答を確認し、宛先・秘密・契約を直して再試行するか、省略してください。プロキシの防御は続きます。',
  ),
} as const satisfies Record<string, FailureRow>;
