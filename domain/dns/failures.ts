/** Rows of the failure table that DNS adds. */
import { row, type FailureRow } from '../failure-row.ts';

export const dnsFailures = {
  'dns-silent': row(
    500,
    true,
    'See that the server runs and that the worker reaches its port by UDP and TCP, or the API of the provider; then retry.',
    'サーバーが動作し、ワーカーから UDP と TCP(または事業者の API)で届くことを確かめ、再試行してください。',
  ),
  'dns-refused': row(
    500,
    false,
    'Read what the server said: often its update policy does not allow our key this name, or another type stands there. Then retry.',
    'サーバーの応答を読んでください。多くは更新ポリシーの権限不足か、同名の別タイプのレコードです。その後、再試行してください。',
  ),
  'dns-key-refused': row(
    500,
    false,
    'Mend name, algorithm or secret of the key in the inventory, or the clock that the sentence names; then retry.',
    'インベントリの鍵の名前・アルゴリズム・値、または示された時計を直し、再試行してください。',
  ),
  'primary-behind': row(
    500,
    false,
    'Make the first server follow the one that took changes while it was away, or name that one first in the inventory; then retry.',
    '先頭のサーバーを、不在中に変更を受けたサーバーに追従させるか、インベントリでそのサーバーを先頭にして再試行してください。',
  ),
  'takeover-failed': row(
    500,
    false,
    'Run the command by hand on the standby, see that it takes our key, and read what its log says; then retry.',
    'スタンバイ側でコマンドを手で実行し、鍵を受け付けることとログを確かめて再試行してください。',
  ),
  'zone-file-refused': row(
    500,
    false,
    'Mend the file as the sentence says, or the rights to it; then retry. What is not understood is never changed.',
    '示された点かアクセス権を直し、再試行してください。解釈できないファイルは変更しません。',
  ),
  'zone-not-loaded': row(
    500,
    false,
    'Run the reload command by hand and read what the name server logs; then retry. Rolling back puts the file back.',
    '再読み込みのコマンドを手で実行し、ネームサーバーのログを確かめて再試行してください。巻き戻すとファイルも元に戻ります。',
  ),
  'cdn-silent': row(
    500,
    true,
    'See that the purge service runs and that the worker reaches it; then retry. Skipped, users may keep what the CDN has.',
    'パージのサービスが動作しワーカーから届くことを確かめ、再試行してください。省略すると CDN の古い内容が残る恐れがあります。',
  ),
  'cdn-refused': row(
    500,
    false,
    'Mend its address or secret in the inventory, or what the service refuses; then retry.',
    'インベントリの URL か秘密の値、またはサービス側の拒否理由を直し、再試行してください。',
  ),
  'cdn-stale': row(
    500,
    false,
    'Users behind the CDN still get the other side. Retry purges it once more; two people may go on without.',
    'CDN 経由の利用者には別の side の内容が返ります。再試行でもう一度パージします。2 人の合意で省略できます。',
  ),
  'no-such-side': row(
    422,
    false,
    'Name a side and switches that the inventory declares for this zone.',
    'このゾーンについてインベントリに定義された side と switches を指定してください。',
  ),
  'too-much-of-zone': row(
    409,
    false,
    'Name fewer `switches`, or amend with `force: true` when so much is meant.',
    '`switches` を減らすか、意図した範囲なら `force: true` に修正してください。',
  ),
  'not-everywhere': row(
    500,
    false,
    'Users of the servers that are named still get the old answer. Mend them and retry; two people may go on without them.',
    '示されたサーバーの利用者にはまだ古い応答が返ります。直して再試行してください。2 人の合意で省略できます。',
  ),
  'not-seen': row(
    500,
    false,
    'The resolvers that are named still answer as before, or not at all. Flush or mend them and retry, or skip.',
    '示されたリゾルバーはまだ古い応答か無応答です。キャッシュを消すか直して再試行するか、省略してください。',
  ),
} as const satisfies Record<string, FailureRow>;
