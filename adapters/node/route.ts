/** The methods of a port, each done where the `control` of its node says: here, or by the command that reaches its machine. */
import { carry, type Calls, type CarriedNode, type NodeRequest } from './carry.ts';

interface Way {
  readonly kind: NodeRequest['kind'];
  /** Milliseconds that a call may take on another machine; one that is not named has its activity's. */
  readonly limits: Readonly<Record<string, number>>;
  /** What has to go with the arguments. */
  readonly passwordIn?: (args: readonly unknown[]) => string | undefined;
}

/** Each takes the node first, and last a signal if any; an argument that is undefined is not carried. */
export function route<P extends object>(local: P, way: Way): P {
  return Object.fromEntries(
    Object.entries(local as unknown as Calls<CarriedNode>).map(([call, work]) => [
      call,
      (node: CarriedNode, ...args: unknown[]) =>
        node.control.kind === 'local' ? work(node, ...args) : ask(node, call, args, way),
    ]),
  ) as P;
}

async function ask(
  node: CarriedNode,
  call: string,
  given: readonly unknown[],
  { kind, limits, passwordIn }: Way,
): Promise<unknown> {
  const signals = given.filter((one) => one instanceof AbortSignal);
  const args = given.filter((one) => one !== undefined && !(one instanceof AbortSignal));
  const limit = limits[call];
  const all = AbortSignal.any([...signals, ...(limit === undefined ? [] : [AbortSignal.timeout(limit)])]);
  const request = { kind, call, node, args, password: passwordIn?.(args) };
  const answer = await carry(node.control.run!, request, all).catch((error: unknown) => {
    if ((all.reason as Error | undefined)?.name !== 'TimeoutError') throw error;
    throw new Error(`${node.control.run![0]} gave no answer within ${limit! / 1_000} s`);
  });
  if ('error' in answer) throw Object.assign(new Error(answer.error), { code: answer.code });
  return answer.value;
}
