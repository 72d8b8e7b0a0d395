/** Runs the inventory's critical tools on scratch copies, and proves that the live store did not notice. */
import { contains } from '../../domain/tool-store/contains.ts';
import { changedOnlyByUse } from '../../domain/tool-store/drift.ts';
import type { Text } from '../../domain/text.ts';
import type { Check } from '../../domain/verification.ts';
import type { Ports } from '../ports/index.ts';
import type { SampleResult } from '../ports/sample-runner.ts';
import { scanStore, type SeenFile } from './scan-store.ts';
import { requireRoot, toolStoreTarget, type ToolStoreTarget } from './target.ts';

type CriticalTool = ToolStoreTarget['criticalTools'][number];

/** One check for each entry, one for the live store. Nothing declared is said, and passes. */
export async function runCriticalTools(
  ports: Ports,
  input: { readonly target: string },
  signal?: AbortSignal,
): Promise<readonly Check[]> {
  const target = toolStoreTarget(ports, input.target);
  await requireRoot(ports, target);
  if (target.criticalTools.length === 0) {
    return [
      {
        id: 'critical-tools',
        ok: true,
        sentence: { en: 'No critical tools are declared, so none was run.', ja: '重要ツールの宣言がないため実行していません。' },
      },
    ];
  }
  const before = (await scanStore(ports, target, signal)).tools;
  const checks: Check[] = [];
  for (const [index, entry] of target.criticalTools.entries()) {
    // A name of its own: an attempt that timed out may still be running beside this one.
    const scratch = { root: ports.data, path: `scratch/${target.id}/sample-${index}-${globalThis.crypto.randomUUID()}` };
    try {
      await ports.files.makeFolder(scratch);
      checks.push(await runOne(ports, entry, before, `${scratch.root}/${scratch.path}`, signal));
    } finally {
      await ports.files.removeTree(scratch);
    }
    signal?.throwIfAborted();
  }
  return [...checks, untouched(before, (await scanStore(ports, target, signal)).tools)];
}

async function runOne(
  ports: Ports,
  entry: CriticalTool,
  store: readonly SeenFile[],
  scratch: string,
  signal?: AbortSignal,
): Promise<Check> {
  const { name, parameters, timeoutMs, expect } = entry;
  const id = `critical-tool:${name}`;
  const found = store.flatMap(({ judged }) => (judged?.ok === true && judged.tool.name === name ? [judged.tool] : []))[0];
  if (found === undefined) {
    return { id, ok: false, sentence: { en: `${name} is not in the store.`, ja: `${name} がストアにありません。` } };
  }
  const started = performance.now();
  const result = await ports.samples.run({ code: found.code, parameters, timeoutMs }, scratch, signal);
  const ms = Math.round(performance.now() - started);
  const ok = result.outcome === 'returned' && (expect === undefined || contains(result.value, expect));
  return { id, ok, sentence: sentenceOf(name, result, ok, ms), evidence: { tool: found.id, ms, outcome: result.outcome } };
}

function sentenceOf(name: string, result: SampleResult, ok: boolean, ms: number): Text {
  if (ok) {
    return {
      en: `${name} ran in ${ms} ms and answered as expected.`,
      ja: `${name} は ${ms} ms で実行され、期待どおりの結果でした。`,
    };
  }
  if (result.outcome === 'returned') {
    const answer = JSON.stringify(result.value).slice(0, 200);
    return { en: `${name} answered ${answer}, which is not as expected.`, ja: `${name} の結果 ${answer} が期待と異なります。` };
  }
  const words = {
    threw: { en: 'failed', ja: 'が失敗しました' },
    'timed-out': { en: 'did not answer in time', ja: 'が時間内に応答しませんでした' },
    crashed: { en: 'crashed', ja: 'が異常終了しました' },
  }[result.outcome];
  return { en: `${name} ${words.en}: ${result.message}.`, ja: `${name} ${words.ja}: ${result.message}。` };
}

/** Byte for byte, mode for mode; a tool that the agent itself used meanwhile is named as such. */
function untouched(before: readonly SeenFile[], after: readonly SeenFile[]): Check {
  const now = new Map(after.map((file) => [file.path, file]));
  const changed = before.filter((file) => JSON.stringify(now.get(file.path)?.state) !== JSON.stringify(file.state));
  const used = changed.filter(({ path, judged }) => {
    const later = now.get(path)?.judged;
    return judged?.ok === true && later?.ok === true && changedOnlyByUse(judged.tool, later.tool);
  });
  const added = after.filter(({ path }) => !before.some((file) => file.path === path));
  const wrong = [...changed.filter((file) => !used.includes(file)), ...added].map(({ path }) => path);
  const names = wrong.slice(0, 5).join(', ');
  return {
    id: 'live-store-untouched',
    ok: wrong.length === 0,
    sentence:
      wrong.length > 0
        ? { en: `The live store changed meanwhile: ${names}.`, ja: `実行中に現在のストアが変化しました: ${names}。` }
        : used.length > 0
          ? {
              en: `The live store is untouched; the agent used ${used.length} tools meanwhile.`,
              ja: `現在のストアは無傷です(この間にエージェントが ${used.length} 件を使用)。`,
            }
          : {
              en: `The live store is byte for byte as before (${before.length} files).`,
              ja: `現在のストアは実行前と完全に一致します(${before.length} ファイル)。`,
            },
    evidence: { files: before.length },
  };
}
