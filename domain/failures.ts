/** Every way a request or a step can fail: code → HTTP status, whether a retry may help, and what the reader should do next. */
import { auditLogFailures } from './audit-log/failures.ts';
import { dnsFailures } from './dns/failures.ts';
import { diskFailures } from './disk/failures.ts';
import { drillFailures } from './drill/failures.ts';
import { row, type FailureRow } from './failure-row.ts';
import { fullSystemFailures } from './full-system/failures.ts';
import { logQuestionFailures } from './log-questions/failures.ts';
import { databaseFailures } from './database-failures.ts';
import { repositoryFailures } from './repository-failures.ts';
import { serviceFailures } from './service/failures.ts';
import { setAsideFailures } from './set-aside/failures.ts';
import { sourceCodeFailures } from './source-code/failures.ts';
import { timeoutFailures } from './timeouts/failures.ts';
import { toolStoreFailures } from './tool-store/failures.ts';
import { protectionFailures } from './protection/failures.ts';
import { trafficFailures } from './traffic/failures.ts';

/** The failure table. docs/rules.md is generated from it; a code that is not a row cannot be made. */
export const failures = {
  // Requests
  'bad-request': row(400, false, 'Correct the named field.', '示された項目を直してください。'),
  unauthenticated: row(
    401,
    false,
    'Send `Authorization: Bearer <token>` with a token of the inventory.',
    'インベントリのトークンを `Authorization: Bearer` で送ってください。',
  ),
  forbidden: row(403, false, 'Ask somebody who has the role or is in the group.', '権限かグループを持つ人に頼んでください。'),
  'self-approval': row(
    403,
    false,
    'Another person has to decide: the requester never approves.',
    '依頼者は承認できません。別の人が判断してください。',
  ),
  'same-person': row(
    403,
    false,
    'Another person has to decide: verifier and approver are two different people.',
    '検証者と承認者は別の人でなければなりません。',
  ),
  'not-found': row(404, false, 'Look the id up in the list.', '一覧で ID を確かめてください。'),
  held: row(
    409,
    false,
    'Wait for the holder named in `heldBy`, or cancel it.',
    '`heldBy` の完了を待つか、それを中止してください。',
  ),
  'plan-changed': row(
    409,
    false,
    'Read the new plan and decide on its digest.',
    '新しい計画を読み、そのダイジェストで判断してください。',
  ),
  'already-decided': row(
    409,
    false,
    'Nothing to do: the decision stands in the ledger.',
    '判断は済んでいます。台帳を見てください。',
  ),
  closed: row(409, false, 'The recovery has ended; read its report.', '復旧は終了しています。報告書を見てください。'),
  'past-no-return': row(
    409,
    false,
    'The recovery only goes forward now; follow it.',
    '後戻りできない地点を過ぎました。先へ進むのを見守ってください。',
  ),
  'cooling-down': row(
    409,
    false,
    'Wait, or start it again with `acknowledgeCoolDown: true` when it is needed all the same.',
    '待つか、それでも必要なら `acknowledgeCoolDown: true` を付けて開始してください。',
  ),
  'too-large': row(413, false, 'Send a smaller body.', '本文を小さくしてください。'),
  'unsupported-media-type': row(
    415,
    false,
    'Send `Content-Type: application/json`.',
    '`Content-Type: application/json` で送ってください。',
  ),
  'unknown-scenario': row(422, false, 'Choose one of GET /v1/scenarios.', 'GET /v1/scenarios から選んでください。'),
  'unknown-target': row(422, false, 'Choose one of GET /v1/targets.', 'GET /v1/targets から選んでください。'),
  'invalid-input': row(
    422,
    false,
    'Correct the named field; GET /v1/scenarios has the schema.',
    '示された項目を直してください。スキーマは GET /v1/scenarios にあります。',
  ),
  'key-reused': row(
    422,
    false,
    'Use a new Idempotency-Key for another body.',
    '本文が違うときは新しい Idempotency-Key を使ってください。',
  ),
  'rate-limited': row(429, true, 'Wait as long as Retry-After says.', 'Retry-After の時間だけ待ってください。'),
  'temporal-away': row(
    503,
    true,
    'Temporal does not answer; the API comes back by itself.',
    'Temporal が応答しません。API は自動で復帰します。',
  ),
  'no-worker': row(503, true, 'Start a worker: `okiagari worker`.', 'ワーカーを起動してください: `okiagari worker`。'),
  internal: row(500, false, 'Read the service log at the time of the request.', '依頼の時刻のサービスログを見てください。'),

  // Steps of any scenario
  'step-timeout': row(
    500,
    true,
    'Retry; if it happens again, look at the load of the target.',
    '再試行してください。続くときは対象の負荷を見てください。',
  ),
  'lease-lost': row(
    409,
    false,
    'Another holder took the target; look at GET /v1/targets, then retry or roll back.',
    '別の処理が対象を取りました。GET /v1/targets を見て再試行か巻き戻しを選んでください。',
  ),
  'verification-failed': row(
    500,
    false,
    'Mend what the checks name and retry, or roll back.',
    '検査が示す点を直して再試行するか、巻き戻してください。',
  ),
  'check-failed': row(
    500,
    false,
    'Mend what the person saw and retry, or roll back.',
    '指摘された点を直して再試行するか、巻き戻してください。',
  ),
  'safety-refused': row(
    500,
    false,
    'Mend what the check names and retry, or roll back; two people may override it, which opens a review.',
    '指摘された点を直して再試行するか、巻き戻してください。2 人の合意で優先できますが、レビューが開きます。',
  ),
  'child-not-recovered': row(
    500,
    false,
    'Read the ledger of the inner recovery; retry runs it again.',
    '内側の復旧の台帳を見てください。再試行でもう一度実行します。',
  ),
  'changes-remain': row(
    500,
    false,
    'Read the report: it names what was left and how to take it back.',
    '報告書に残った変更と戻し方があります。',
  ),
  'record-store-unusable': row(
    500,
    true,
    'Make the data folder writable and give it room.',
    'データフォルダーを書き込み可能にし、空きを作ってください。',
  ),

  ...toolStoreFailures,
  ...setAsideFailures,
  ...repositoryFailures,
  ...fullSystemFailures,
  ...timeoutFailures,
  ...sourceCodeFailures,
  ...logQuestionFailures,
  ...auditLogFailures,
  ...diskFailures,
  ...databaseFailures,
  ...dnsFailures,
  ...trafficFailures,
  ...serviceFailures,
  ...drillFailures,
  ...protectionFailures,
} as const satisfies Record<string, FailureRow>;

export type FailureCode = keyof typeof failures;

/** One fault of an input: where, and what is wrong with it. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What a failure carries across process borders beside its sentence. Never a secret, never bulk. */
export interface FailureDetails {
  readonly ja?: string;
  readonly errors?: readonly FieldError[];
  readonly heldBy?: { readonly kind: string; readonly id: string; readonly since: string };
}

export const isFailureCode = (code: string | undefined | null): code is FailureCode =>
  code !== undefined && code !== null && Object.hasOwn(failures, code);
