/** Answers on listing, creating and logging, read from one session of the agent on a scratch copy. */
import { toolLimit } from '../tool-store/layout.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { checkTool, isListed, listedIds, readReply, type AgentReply, type AgentTalk } from './agent-talk.ts';
import { entryFault } from './log-tools.ts';
import { judged, notApplicable, type Answer } from './words.ts';

const listing = ['list-answers', 'list-count', 'list-critical'] as const;
const creating = ['create-works', 'created-listed', 'created-runs'] as const;
const logging = ['log-written', 'log-format', 'log-error'] as const;

/** What a session on a scratch copy left to be judged. */
export interface CreationSession {
  readonly talk: AgentTalk;
  readonly nonce: string;
  /** Tools in the copy that the agent should load. */
  readonly tools: number;
  readonly critical: readonly string[];
  /** Lines of the copy's audit log, which began empty. */
  readonly log: readonly string[];
}

/** Where nobody said where the agent's package is, a person can look instead. */
export function withoutAgent(): Answer[] {
  const why = {
    en: 'No agent package is declared (agentPackage).',
    ja: 'エージェントのパッケージ(agentPackage)の宣言がありません。',
  };
  return [...listing, ...creating, ...logging].map((id) => notApplicable(id, why));
}

export function answerCreation(session: CreationSession): Answer[] {
  const { talk } = session;
  if (!talk.began) {
    const why = { en: `The agent did not start: ${talk.why}`, ja: `エージェントが起動しません: ${talk.why}` };
    return [...listing, ...creating, ...logging].map((id) => judged(id, false, why));
  }
  const [listed, created, listedAgain, ran] = talk.replies;
  const list = readReply(listed);
  const refused = talk.loadErrors[0];
  const why = refused ?? (list.ok ? '' : list.why);
  return [
    judged(
      'list-answers',
      list.ok && refused === undefined,
      list.ok && refused === undefined
        ? { en: 'It answers in a fresh process.', ja: '新しいプロセスで応答しました。' }
        : { en: `It does not answer: ${why}`, ja: `応答しません: ${why}` },
    ),
    ...answerListing(listed?.outcome === 'answered' ? listed.text : '', session),
    ...(talk.replies.length === 1
      ? fullStore()
      : [...answerCreated({ created, listedAgain, ran }, session), ...answerLog(session)]),
  ];
}

function answerListing(text: string, { tools, critical }: CreationSession): Answer[] {
  const ids = listedIds(text).size;
  const unlisted = critical.filter((name) => !isListed(text, name));
  const named = naming(unlisted, 5);
  return [
    judged(
      'list-count',
      ids === tools,
      ids === tools
        ? { en: 'As many as there are good files.', ja: '正常なファイルの数と一致します。' }
        : { en: `It lists ${ids} of ${tools} tools.`, ja: `${tools} 件のうち ${ids} 件しか一覧にありません。` },
      { measured: ids, expected: tools },
    ),
    critical.length === 0
      ? notApplicable('list-critical', { en: 'No critical tools are declared.', ja: '重要ツールの宣言がありません。' })
      : judged(
          'list-critical',
          unlisted.length === 0,
          unlisted.length === 0
            ? { en: 'All are listed.', ja: 'すべて一覧にあります。' }
            : { en: `Not listed: ${named.en}.`, ja: `一覧にありません: ${named.ja}。` },
          { measured: critical.length - unlisted.length, expected: critical.length },
        ),
  ];
}

const fullStore = (): Answer[] =>
  [...creating, ...logging].map((id) =>
    notApplicable(id, {
      en: `The store is full (${toolLimit} tools): the agent takes no other.`,
      ja: `上限の ${toolLimit} 件に達しており、新規作成はできません。`,
    }),
  );

function answerCreated(
  { created, listedAgain, ran }: Record<'created' | 'listedAgain' | 'ran', AgentReply | undefined>,
  { nonce }: CreationSession,
): Answer[] {
  const { name } = checkTool(nonce);
  const made = readReply(created);
  const shown = listedAgain?.outcome === 'answered' && isListed(listedAgain.text, name);
  const run = readReply(ran);
  const sum = run.ok ? (run.value as { sum?: unknown } | null)?.sum : undefined;
  const said = run.ok ? JSON.stringify(run.value).slice(0, 100) : run.why;
  return [
    judged(
      'create-works',
      made.ok,
      made.ok
        ? { en: `${name} was made on a scratch copy.`, ja: `複製上に ${name} を作成しました。` }
        : { en: `It was not made: ${made.why}`, ja: `作成できません: ${made.why}` },
    ),
    judged(
      'created-listed',
      shown,
      shown
        ? { en: `${name} is listed.`, ja: `${name} は一覧にあります。` }
        : { en: `${name} is not listed.`, ja: `${name} が一覧にありません。` },
    ),
    judged(
      'created-runs',
      sum === 5,
      sum === 5 ? { en: '2 + 3 = 5.', ja: '2 + 3 = 5 でした。' } : { en: `It answered: ${said}`, ja: `応答: ${said}` },
      { measured: typeof sum === 'number' ? sum : 'none', expected: 5 },
    ),
  ];
}

function answerLog({ log, nonce }: CreationSession): Answer[] {
  const { name } = checkTool(nonce);
  const entries = log.map(entryOf).filter(({ toolName }) => toolName === name);
  const has = (actions: readonly string[], success: boolean): boolean =>
    entries.some((entry) => actions.includes(String(entry['action'])) && entry['success'] === success);
  const made = has(['create_tool', 'tool.create'], true);
  const runs = ['run_dynamic_tool', 'tool.run'];
  const run = entries.some(({ action }) => runs.includes(String(action)));
  const missing = [...(made ? [] : ['create_tool']), ...(run ? [] : ['run_dynamic_tool'])].join(', ');
  const faults = log.flatMap((line) => entryFault(line) ?? []);
  const failure = entries.find((entry) => runs.includes(String(entry['action'])) && entry['success'] === false);
  const told = failure?.['error'] ?? failure?.['errorMessage'];
  const isTold = typeof told === 'string' && told !== '';
  return [
    judged(
      'log-written',
      missing === '',
      missing === ''
        ? { en: 'Creation and runs are in the log.', ja: '作成と実行が記録されました。' }
        : { en: `Not in the log: ${missing}.`, ja: `記録がありません: ${missing}。` },
      { measured: `${log.length} lines` },
    ),
    judged(
      'log-format',
      faults.length === 0,
      faults[0] ?? { en: 'Every entry has the right form.', ja: 'すべて正しい形式です。' },
      {
        measured: faults.length,
        expected: 0,
      },
    ),
    judged(
      'log-error',
      isTold,
      isTold
        ? {
            en: 'A run that failed on purpose is recorded with its error.',
            ja: '意図的な失敗がエラー内容とともに記録されました。',
          }
        : {
            en: 'A run that failed on purpose is not recorded with its error.',
            ja: '意図的な失敗のエラー内容が記録されていません。',
          },
    ),
  ];
}

function entryOf(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
