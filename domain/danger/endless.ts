/** Loops that nothing ends: a condition that always holds, and no way out in the body. */
import { constantOf } from './constants.ts';
import { child, childrenOf, isFunction, isNode, type JsNode } from './parse-javascript.ts';
import type { Scope } from './scopes.ts';

const isLoop = ({ type }: JsNode): boolean => /^(While|DoWhile|For|ForIn|ForOf)Statement$/.test(type);

export function isEndless(node: JsNode, scope: Scope): boolean {
  if (!/^(While|DoWhile|For)Statement$/.test(node.type)) return false;
  const test = node['test'];
  if (isNode(test) && !constantOf(test, scope)) return false;
  return !hasWayOut(child(node, 'body'), true);
}

/** `mine`: a bare `break` here ends the loop in question. */
function hasWayOut(node: JsNode, mine: boolean): boolean {
  if (/^(Return|Throw)Statement$|^YieldExpression$/.test(node.type)) return true;
  if (node.type === 'BreakStatement') return mine || isNode(node['label']);
  if (isFunction(node)) return false;
  const stillMine = mine && !isLoop(node) && node.type !== 'SwitchStatement';
  return childrenOf(node).some((one) => hasWayOut(one, stillMine));
}
