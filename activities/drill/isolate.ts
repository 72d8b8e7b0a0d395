/** Cuts home off and lets it back, by the inventory's own commands, and believes neither: its probes have to say so. */
import { fail } from '../../domain/fail.ts';
import type { Text } from '../../domain/text.ts';
import type { Ports } from '../ports/index.ts';
import { runWell } from '../run-well.ts';
import { askProbe, serviceTarget, sideNamed, type Service } from '../service/target.ts';
import { drillOf } from './prepare.ts';

const everyMs = 100;

export async function isolate(ports: Ports, target: string, signal?: AbortSignal): Promise<void> {
  const service = drillOf(ports, target);
  const { run, within } = service.drill.isolate;
  const until = Date.now() + within;
  await runWell(ports, run, within, notWell(run), signal);
  while (!(await isAll(ports, service, 'gone', signal))) await pause(until, stillThere(service.home), signal);
}

/** Whatever the inventory says of sandboxes by now: what was cut off is let back. */
export async function lift(ports: Ports, target: string, signal?: AbortSignal): Promise<void> {
  const service = serviceTarget(ports, target);
  if (service.drill === undefined) throw fail('isolation-failed', noCommand(target));
  const { undo, within } = service.drill.isolate;
  const until = Date.now() + within;
  await runWell(ports, undo, within, notWell(undo), signal);
  while (!(await isAll(ports, service, 'there', signal))) await pause(until, stillGone(service.home), signal);
}

async function isAll(ports: Ports, service: Service, how: 'gone' | 'there', signal?: AbortSignal): Promise<boolean> {
  const answers = await Promise.all(sideNamed(service, service.home).probes.map((probe) => askProbe(ports, probe, signal)));
  return answers.every(({ reached }) => reached === (how === 'there'));
}

async function pause(until: number, why: Text, signal?: AbortSignal): Promise<void> {
  if (Date.now() >= until) throw fail('isolation-failed', why);
  await new Promise((resolve) => setTimeout(resolve, everyMs));
  signal?.throwIfAborted();
}

const notWell =
  ([program]: readonly string[]) =>
  (ended: string): Error =>
    fail('isolation-failed', {
      en: `${program} did not end well (${ended}).`,
      ja: `${program} が正常に終了しませんでした(${ended})。`,
    });
const stillThere = (home: string): Text => ({
  en: `${home} is to be cut off, and still answers.`,
  ja: `${home} を隔離したはずですが、まだ応答します。`,
});
const stillGone = (home: string): Text => ({
  en: `${home} is let back, and does not answer yet.`,
  ja: `${home} の隔離を解除しましたが、まだ応答しません。`,
});
const noCommand = (target: string): Text => ({
  en: `${target} has no \`drill\` in the inventory any more: nobody knows how home is let back.`,
  ja: `${target} の \`drill\` がインベントリーから消え、隔離を解除する方法が分かりません。`,
});
