/** What a person says of how far a database is to be recovered: to an instant, a position in the log, a transaction, or a restore point. */
import { parseInstant } from '../instants/parse-instant.ts';
import { refusal, type Refusal } from '../instants/words.ts';
import type { Text } from '../text.ts';
import type { RecoveryGoal } from './recovery-goal.ts';

/** As a request says it: one of them. */
export type AskedGoal =
  { readonly at: string } | { readonly lsn: string } | { readonly transaction: string } | { readonly restorePoint: string };

export type ParsedGoal = (RecoveryGoal & { readonly ok: true; readonly sentence: Text }) | Refusal;

/** `timezone` is the inventory's: named where the instant has none, never taken. */
export function parseRecoveryGoal(asked: AskedGoal, timezone: string): ParsedGoal {
  if ('at' in asked) {
    const instant = parseInstant(asked.at, timezone);
    return instant.ok ? { kind: 'time', ...instant } : instant;
  }
  if ('lsn' in asked) return parseLsn(asked.lsn.trim());
  if ('transaction' in asked) return parseTransaction(asked.transaction.trim());
  return parseRestorePoint(asked.restorePoint);
}

function parseLsn(text: string): ParsedGoal {
  const [, high, low] = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text) ?? [];
  if (high === undefined || low === undefined || Number.parseInt(high, 16) + Number.parseInt(low, 16) === 0) {
    return refusal(
      `"${text.slice(0, 80)}" is no position in the log: two hexadecimal numbers with a slash between, such as 0/3000148.`,
      `「${text.slice(0, 80)}」はログの位置ではありません。0/3000148 のような、斜線で区切った 2 つの 16 進数で書いてください。`,
    );
  }
  const [first, second] = [high, low].map((part) => Number.parseInt(part, 16).toString(16).toUpperCase());
  const lsn = `${first}/${second}`;
  return { ok: true, kind: 'lsn', lsn, sentence: { en: `To the position ${lsn} in the log.`, ja: `ログの位置 ${lsn} まで。` } };
}

/** As `pg_current_xact_id()` gives them, with or without the epoch in the upper half; the server compares the lower one. */
function parseTransaction(text: string): ParsedGoal {
  const number = /^\d{1,20}$/.test(text) ? BigInt(text) : -1n;
  if (number < 0n || number >= 1n << 64n) {
    return refusal(
      `"${text.slice(0, 80)}" is no transaction id: a whole number such as 7421.`,
      `「${text.slice(0, 80)}」はトランザクション ID ではありません。7421 のような整数で書いてください。`,
    );
  }
  if (number % (1n << 32n) < 3n) {
    return refusal(
      `${text} is no transaction of anybody: the first three ids belong to the server itself.`,
      `${text} は利用者のトランザクションではありません。最初の 3 つの ID はサーバー自身のものです。`,
    );
  }
  const xid = String(number);
  return {
    ok: true,
    kind: 'xid',
    xid,
    sentence: { en: `To the end of transaction ${xid}.`, ja: `トランザクション ${xid} の完了まで。` },
  };
}

/** What `pg_create_restore_point` takes. */
const longestName = 63;

function parseRestorePoint(name: string): ParsedGoal {
  if (name.trim() === '' || /\p{Cc}/u.test(name)) {
    return refusal(
      'A restore point has a name on one line, as it was given to pg_create_restore_point.',
      'リストアポイントは、pg_create_restore_point に渡した 1 行の名前で指定してください。',
    );
  }
  if (/['\\]/.test(name)) {
    return refusal(
      'The name of a restore point with a quotation mark or a backslash goes into no setting: use its position instead.',
      'リストアポイント名に引用符か逆斜線が含まれるため指定できません。ログの位置で指定してください。',
    );
  }
  const bytes = new TextEncoder().encode(name).length;
  if (bytes > longestName) {
    return refusal(
      `The name of the restore point has ${bytes} bytes; PostgreSQL takes ${longestName} at most.`,
      `リストアポイント名が ${bytes} バイトあります。PostgreSQL では ${longestName} バイトまでです。`,
    );
  }
  return {
    ok: true,
    kind: 'name',
    name,
    sentence: { en: `To the restore point ${name}.`, ja: `リストアポイント ${name} まで。` },
  };
}
