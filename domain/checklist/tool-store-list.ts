/** The runbook's checklist after a recovery of a tool store: seven parts, item by item. */
import type { ChecklistDefinition } from './words.ts';

export const toolStoreChecklist: ChecklistDefinition = {
  parts: [
    { id: 'files', title: { en: '1. File system', ja: '1. ファイルシステム' } },
    { id: 'listing', title: { en: '2. Tool list', ja: '2. ツール一覧' } },
    { id: 'execution', title: { en: '3. Running a tool', ja: '3. ツール実行' } },
    { id: 'creation', title: { en: '4. Creating a tool', ja: '4. ツール作成' } },
    { id: 'logging', title: { en: '5. Logging', ja: '5. ログ記録' } },
    { id: 'security', title: { en: '6. Security', ja: '6. セキュリティ' } },
    { id: 'performance', title: { en: '7. Performance', ja: '7. パフォーマンス' } },
  ],
  items: [
    {
      id: 'tools-folder',
      part: 'files',
      title: { en: 'The folder .pi/tools/ is there', ja: '.pi/tools/ ディレクトリが存在する' },
    },
    {
      id: 'tool-count',
      part: 'files',
      needs: ['tools-folder'],
      title: { en: 'There are as many tool files as expected', ja: 'ツール定義ファイル数が期待値と一致する' },
    },
    { id: 'logs-folder', part: 'files', title: { en: 'The folder .pi/logs/ is there', ja: '.pi/logs/ ディレクトリが存在する' } },
    {
      id: 'log-file',
      part: 'files',
      needs: ['logs-folder'],
      title: { en: 'The audit log is there', ja: '監査ログファイルが存在する' },
    },
    {
      id: 'list-answers',
      part: 'listing',
      title: { en: 'list_dynamic_tools({}) answers', ja: 'list_dynamic_tools({}) が正常に応答する' },
    },
    {
      id: 'list-count',
      part: 'listing',
      needs: ['list-answers'],
      title: { en: 'It lists as many tools as expected', ja: 'ツール数が期待値と一致する' },
    },
    {
      id: 'list-critical',
      part: 'listing',
      needs: ['list-answers', 'list-count', 'tool-count'],
      title: { en: 'The critical tools are listed', ja: '主要ツールが一覧に表示される' },
    },
    {
      id: 'run-in-time',
      part: 'execution',
      needs: ['list-answers'],
      title: { en: 'No run times out', ja: 'タイムアウトが発生しない' },
    },
    {
      id: 'run-works',
      part: 'execution',
      needs: ['list-answers', 'run-in-time'],
      title: { en: 'Existing tools run', ja: '既存ツールの実行が成功する' },
    },
    {
      id: 'run-result',
      part: 'execution',
      needs: ['list-answers', 'run-in-time', 'run-works'],
      title: { en: 'Their results are right', ja: '実行結果が正しい' },
    },
    {
      id: 'create-works',
      part: 'creation',
      needs: ['list-answers'],
      title: { en: 'A new tool can be created', ja: '新規ツールの作成が成功する' },
    },
    {
      id: 'created-listed',
      part: 'creation',
      needs: ['list-answers', 'list-count', 'create-works'],
      title: { en: 'The new tool is listed', ja: '作成したツールが一覧に表示される' },
    },
    {
      id: 'created-runs',
      part: 'creation',
      needs: ['list-answers', 'create-works', 'run-works'],
      title: { en: 'The new tool runs', ja: '作成したツールの実行が成功する' },
    },
    {
      id: 'log-written',
      part: 'logging',
      needs: ['list-answers', 'create-works', 'created-runs'],
      title: { en: 'New operations are in the audit log', ja: '新しい操作が監査ログに記録される' },
    },
    {
      id: 'log-format',
      part: 'logging',
      needs: ['list-answers', 'create-works', 'created-runs', 'log-written'],
      title: { en: 'The entries have the right form', ja: 'ログエントリの形式が正しい' },
    },
    {
      id: 'log-error',
      part: 'logging',
      needs: ['list-answers', 'create-works', 'created-runs', 'log-written', 'log-format'],
      title: { en: 'Errors are recorded properly', ja: 'エラー情報が適切に記録される' },
    },
    { id: 'unknown-tools', part: 'security', title: { en: 'There is no unknown tool', ja: '不明なツールが存在しない' } },
    { id: 'permissions', part: 'security', title: { en: 'Modes and owners are proper', ja: '権限設定が適切である' } },
    { id: 'no-leak', part: 'security', title: { en: 'No secret has leaked', ja: '機密情報の漏洩がない' } },
    {
      id: 'tool-time',
      part: 'performance',
      needs: ['list-answers', 'run-in-time', 'run-works'],
      title: { en: 'Tools run within the limit', ja: 'ツール実行時間が正常範囲内' },
    },
    { id: 'disk', part: 'performance', title: { en: 'Disk use is within the limit', ja: 'ディスク使用量が正常範囲内' } },
    { id: 'memory', part: 'performance', title: { en: 'Memory use is within the limit', ja: 'メモリ使用量が正常範囲内' } },
  ],
};
