/** Where an expression leads: `globalThis["ev" + "al"]` and `(0, eval)` both lead to `eval`. */
import { constantOf } from './constants.ts';
import { globalNames } from './javascript-names.ts';
import { child, listOf, type JsNode } from './parse-javascript.ts';
import { lookUp, type Scope } from './scopes.ts';

/** A name that cannot be told without running the code. */
export const unknown = '?';
/** Something of the code's own: a value, a parameter, what a call answers. */
const own = '#';

/** Names from the surroundings inwards, the global object left out: empty means that object itself. */
export function pathOf(node: JsNode, scope: Scope, depth = 0): readonly string[] {
  if (depth > 40) return [own];
  const on = (one: JsNode, where = scope) => pathOf(one, where, depth + 1);
  switch (node.type) {
    case 'Identifier': {
      const name = node['name'] as string;
      const binding = lookUp(name, scope);
      if (binding) return binding.init && !binding.assigned ? on(binding.init, binding.scope) : [own];
      return globalNames.has(name) ? [] : [name];
    }
    case 'ThisExpression':
      return [];
    case 'MemberExpression':
      return [...on(child(node, 'object')), nameOf(child(node, 'property'), node['computed'] === true, scope)];
    case 'ChainExpression':
      return on(child(node, 'expression'));
    case 'SequenceExpression':
      return on(listOf(node, 'expressions').at(-1)!);
    case 'AssignmentExpression':
      return on(child(node, 'right'));
    case 'AwaitExpression':
      return on(child(node, 'argument'));
    default:
      return [own];
  }
}

/** The name that a member expression, a key of a literal or a key of a pattern asks for. */
export function nameOf(key: JsNode, computed: boolean, scope: Scope): string {
  if (!computed) return (key['name'] as string | undefined) ?? String(key['value']);
  const name = constantOf(key, scope);
  return name === undefined ? unknown : String(name);
}
