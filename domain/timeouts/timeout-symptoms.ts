/** What the end of an audit log tells about tools that time out, and what would help. */
import type { Diagnosis } from '../diagnosis.ts';
import type { Timeouts } from '../log-questions/words.ts';
import { naming } from '../tool-store/tool-limit.ts';

/** As `tool-timeouts` chooses tools where nobody says otherwise. */
const often = 3;

/** `recent` are the timeouts of the last day by tool, as far as the end of the log shows them. */
export function timeoutSymptoms(recent: readonly Timeouts[]): Pick<Diagnosis, 'symptoms' | 'suggests'> {
  const frequent = recent.filter(({ timeouts }) => timeouts >= often);
  if (frequent.length === 0) return { symptoms: [], suggests: [] };
  const named = naming(
    frequent.map(({ tool, timeouts }) => `${tool.slice(0, 64)} (${timeouts})`),
    5,
  );
  return {
    symptoms: [
      {
        id: 'tools-time-out',
        sentence: {
          en: `Tools timed out again and again in the last 24 hours: ${named.en}.`,
          ja: `直近 24 時間に繰り返しタイムアウトしたツール: ${named.ja}。`,
        },
        evidence: { tools: frequent.length },
      },
    ],
    suggests: [
      {
        scenario: 'tool-timeouts',
        input: {},
        why: {
          en: `${frequent.length} tool(s) time out; it looks at the machine and the dependencies before any is disabled.`,
          ja: `ツール ${frequent.length} 件がタイムアウトしています。無効化の前に資源と依存先を調べます。`,
        },
      },
    ],
  };
}
