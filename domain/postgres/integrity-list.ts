/** The checklist of a PostgreSQL cluster: its servers, the integrity of its data, and that it takes writes. */
import type { ChecklistDefinition } from '../checklist/words.ts';

export const postgresChecklist: ChecklistDefinition = {
  parts: [
    { id: 'servers', title: { en: '1. Servers', ja: '1. サーバー' } },
    { id: 'integrity', title: { en: '2. Integrity', ja: '2. データ整合性' } },
    { id: 'writes', title: { en: '3. Writes', ja: '3. 書き込み' } },
  ],
  items: [
    {
      id: 'one-primary',
      part: 'servers',
      title: { en: 'Exactly one node takes writes', ja: '書き込み可能なノードが 1 台だけである' },
    },
    {
      id: 'no-drift',
      part: 'servers',
      needs: ['one-primary'],
      title: { en: 'Standbys, slots and archive are well', ja: 'スタンバイ・スロット・アーカイブが正常である' },
    },
    { id: 'tables', part: 'integrity', title: { en: 'There are tables with rows', ja: 'テーブルと行が存在する' } },
    { id: 'constraints', part: 'integrity', title: { en: 'Every constraint is validated', ja: '全ての制約が検証済みである' } },
    { id: 'indexes', part: 'integrity', title: { en: 'Every index is valid', ja: '全てのインデックスが有効である' } },
    {
      id: 'index-order',
      part: 'integrity',
      title: { en: 'Indexes are in order (amcheck)', ja: 'インデックスの順序が正しい(amcheck)' },
    },
    {
      id: 'sequences',
      part: 'integrity',
      title: { en: 'No sequence is behind its column', ja: 'シーケンスが列の最大値に遅れていない' },
    },
    {
      id: 'collations',
      part: 'integrity',
      title: { en: 'Collations have the version of their indexes', ja: '照合順序のバージョンが一致する' },
    },
    { id: 'checksums', part: 'integrity', title: { en: 'No page failed its checksum', ja: 'チェックサムエラーがない' } },
    { id: 'commit', part: 'writes', needs: ['one-primary'], title: { en: 'A commit works', ja: 'コミットできる' } },
  ],
};
