/** Parts 2, 4 and 5: what the agent itself lists, makes and logs, in a fresh process on a scratch copy. */
import { answerCreation, withoutAgent } from '../../domain/checklist/agent-answers.ts';
import { creationCalls } from '../../domain/checklist/agent-talk.ts';
import type { Answer } from '../../domain/checklist/words.ts';
import { auditLog, toolLimit } from '../../domain/tool-store/layout.ts';
import type { Ports } from '../ports/index.ts';
import { codeOf, requireRoot, toolStoreTarget } from '../tool-store/target.ts';
import type { CheckRequest } from './interface.ts';
import { onScratchCopy } from './scratch-copy.ts';

const logLimits = { lastBytes: 16 * 1024 * 1024, maxLine: 64 * 1024 };

export async function checkAgent(ports: Ports, { target: id }: CheckRequest, signal?: AbortSignal): Promise<readonly Answer[]> {
  const target = toolStoreTarget(ports, id);
  const { agentPackage, node, criticalTools } = target;
  await requireRoot(ports, target);
  if (agentPackage === undefined) return withoutAgent();
  return onScratchCopy(
    ports,
    target,
    async ({ place, folder, tools }) => {
      const nonce = globalThis.crypto.randomUUID().slice(0, 8);
      const calls = creationCalls(nonce, tools.length < toolLimit);
      const talk = await ports.agents.talk({ package: agentPackage.path, node }, folder, calls, signal);
      const log: string[] = [];
      await ports.lines
        .lines({ ...place, path: `${place.path}/${auditLog}` }, logLimits, (line) => void log.push(line), signal)
        .catch((error: unknown) => {
          if (codeOf(error) !== 'ENOENT') throw error;
        });
      return answerCreation({ talk, nonce, tools: tools.length, critical: criticalTools.map(({ name }) => name), log });
    },
    signal,
  );
}
