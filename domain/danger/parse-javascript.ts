/** JavaScript as a tree, by acorn. */
import { parse } from 'acorn';

/** A node of the ESTree; members beside these depend on `type`. */
export interface JsNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [member: string]: unknown;
}

/** As a script, else as a module; undefined where it is neither. */
export function parseJavaScript(code: string): JsNode | undefined {
  for (const sourceType of ['script', 'module'] as const) {
    try {
      return parse(code, {
        ecmaVersion: 'latest',
        sourceType,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowHashBang: true,
      }) as unknown as JsNode;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}

export const isNode = (value: unknown): value is JsNode =>
  typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';

/** Direct children, in the order of the text. */
export function childrenOf(node: JsNode): JsNode[] {
  return Object.values(node).flatMap((value) => (Array.isArray(value) ? value.filter(isNode) : isNode(value) ? [value] : []));
}

/** A member as a node; the parser always fills the ones that are asked for. */
export const child = (node: JsNode, member: string): JsNode => node[member] as JsNode;
export const listOf = (node: JsNode, member: string): readonly (JsNode | null)[] =>
  (node[member] as readonly (JsNode | null)[] | undefined) ?? [];
export const isFunction = ({ type }: JsNode): boolean => /^(Function|ArrowFunction)/.test(type);
