/** Small tools of the kind people keep in a tool store; each defines `execute(params)` and needs nothing from outside. */

export interface SampleTool {
  readonly name: string;
  readonly description: string;
  readonly mode: 'bash' | 'function' | 'template' | 'skill';
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly required: boolean; readonly description: string }[];
  readonly tags: readonly string[];
  readonly code: string;
}

const text = (name: string, description: string) => ({ name, type: 'string', required: true, description });
const amount = (name: string, description: string) => ({ name, type: 'number', required: true, description });

/** `test_tool` comes first: the runbook's own check runs it. */
export const sampleTools: readonly SampleTool[] = [
  {
    name: 'test_tool',
    description: '動作確認用のツール / answers that it works',
    mode: 'function',
    parameters: [],
    tags: ['test'],
    code: "function execute(params) {\n  return { success: true, message: 'ok' };\n}",
  },
  {
    name: 'word_count',
    description: '文章の語数と文字数を数える',
    mode: 'function',
    parameters: [text('text', '対象の文章')],
    tags: ['text'],
    code: 'function execute({ text }) {\n  return { words: text.split(/\\s+/).filter(Boolean).length, characters: [...text].length };\n}',
  },
  {
    name: 'slugify',
    description: 'Makes a title into a URL part',
    mode: 'function',
    parameters: [text('title', 'any title')],
    tags: ['text', 'web'],
    code: "function execute({ title }) {\n  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');\n}",
  },
  {
    name: 'sum_by_key',
    description: 'Adds up a field of a list, group by group',
    mode: 'function',
    parameters: [{ name: 'rows', type: 'array', required: true, description: 'objects' }, text('key', 'group'), text('field', 'number to add')],
    tags: ['data'],
    code: 'function execute({ rows, key, field }) {\n  const sums = {};\n  for (const row of rows) sums[row[key]] = (sums[row[key]] ?? 0) + row[field];\n  return sums;\n}',
  },
  {
    name: 'celsius',
    description: 'Fahrenheit to Celsius',
    mode: 'function',
    parameters: [amount('fahrenheit', 'degrees')],
    tags: ['math'],
    code: 'function execute({ fahrenheit }) {\n  return Math.round(((fahrenheit - 32) * 5 / 9) * 10) / 10;\n}',
  },
  {
    name: 'commit-message',
    description: 'コミットメッセージの雛形を作る',
    mode: 'template',
    parameters: [text('kind', 'feat や fix'), text('summary', '一行の要約')],
    tags: ['git', 'template'],
    code: 'function execute({ kind, summary }) {\n  return `${kind}: ${summary}\\n\\nWhy:\\nHow tested:\\n`;\n}',
  },
  {
    name: 'list_large_files',
    description: 'Writes the shell line that lists the largest files',
    mode: 'bash',
    parameters: [text('folder', 'where'), amount('most', 'how many')],
    tags: ['shell'],
    code: "function execute({ folder, most }) {\n  return `find ${JSON.stringify(folder)} -type f -printf '%s %p\\\\n' | sort -rn | head -n ${most}`;\n}",
  },
  {
    name: 'review-checklist',
    description: 'レビュー観点の一覧を返す',
    mode: 'skill',
    parameters: [],
    tags: ['review'],
    code: "function execute() {\n  return ['名前は意味を伝えるか', '失敗時の動作は決まっているか', 'テストは壊すと落ちるか'];\n}",
  },
  {
    name: 'parse_csv_line',
    description: 'Splits one CSV line, quotes included',
    mode: 'function',
    parameters: [text('line', 'a line of CSV')],
    tags: ['data', 'text'],
    code: "function execute({ line }) {\n  return [...line.matchAll(/(?:^|,)(?:\"((?:[^\"]|\"\")*)\"|([^,]*))/g)].map((m) => (m[1] ?? m[2]).replaceAll('\"\"', '\"'));\n}",
  },
  {
    name: 'tax_included',
    description: '税込価格を計算する(端数切り捨て)',
    mode: 'function',
    parameters: [amount('price', '税抜価格'), amount('rate', '税率(%)')],
    tags: ['math'],
    code: 'function execute({ price, rate }) {\n  return Math.floor(price * (100 + rate) / 100);\n}',
  },
  {
    name: 'semver_compare',
    description: 'Which of two versions is newer: -1, 0 or 1',
    mode: 'function',
    parameters: [text('a', 'x.y.z'), text('b', 'x.y.z')],
    tags: ['release'],
    code: "function execute({ a, b }) {\n  const [x, y] = [a, b].map((v) => v.split('.').map(Number));\n  for (let i = 0; i < 3; i++) if (x[i] !== y[i]) return Math.sign(x[i] - y[i]);\n  return 0;\n}",
  },
  {
    name: 'incident-title',
    description: '障害報告の件名を作る',
    mode: 'template',
    parameters: [text('level', 'P1〜P4'), text('what', '何が起きたか')],
    tags: ['incident', 'template'],
    code: 'function execute({ level, what }) {\n  return `【${level}】${what}`;\n}',
  },
];
