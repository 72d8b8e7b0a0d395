/** Rows of the failure table that proxies add. */
import { row, type FailureRow } from '../failure-row.ts';

export const trafficFailures = {
  'proxy-refused': row(
    500,
    false,
    'Read what the proxy said: it is not reached, lacks the backend, or gives us no admin level. Mend it and retry, or roll back.',
    'プロキシの応答を読んでください。接続・バックエンド・管理権限のいずれかを直して再試行するか、巻き戻してください。',
  ),
  'side-not-able': row(
    409,
    false,
    'Bring a server of that side up first: with this split nobody would be served.',
    '先にその側のサーバーを起動してください。この配分では誰にも応答できません。',
  ),
  'side-errs': row(
    500,
    false,
    'Read what the side answered. Retry begins with the first step again; roll back leaves the split of before.',
    'その側の応答を調べてください。再試行は最初の段階から始まり、巻き戻すと元の配分のままになります。',
  ),
} as const satisfies Record<string, FailureRow>;
