/** Which names of a program are its own: everything else is a name that the surroundings give it. */
import { child, childrenOf, isFunction, isNode, listOf, type JsNode } from './parse-javascript.ts';

export interface Binding {
  /** The one expression that the name stands for; absent for parameters and the like. */
  readonly init?: JsNode;
  readonly scope: Scope;
  /** Given another value somewhere. */
  assigned: boolean;
}

export interface Scope {
  readonly names: Map<string, Binding>;
  readonly parent?: Scope;
}

export interface Scopes {
  readonly of: ReadonlyMap<JsNode, Scope>;
  readonly top: Scope;
}

const opensScope = (node: JsNode): boolean =>
  isFunction(node) ||
  /^(Program|BlockStatement|For.*Statement|SwitchStatement|CatchClause|StaticBlock|ClassExpression)$/.test(node.type);

export const lookUp = (name: string, scope: Scope | undefined): Binding | undefined =>
  scope && (scope.names.get(name) ?? lookUp(name, scope.parent));

/** Declarations first, assignments after: a name may be assigned above the line that declares it. */
export function scopesOf(program: JsNode): Scopes {
  const of = new Map<JsNode, Scope>();
  const assignments: { readonly name: string; readonly scope: Scope }[] = [];
  const top: Scope = { names: new Map() };

  const declare = (name: string, scope: Scope, init?: JsNode): void => {
    const known = scope.names.get(name);
    if (known) known.assigned = true;
    else scope.names.set(name, { scope, assigned: false, ...(init && { init }) });
  };

  const visit = (node: JsNode, outer: Scope, outerFunction: Scope): void => {
    const scope = node.type === 'Program' ? top : opensScope(node) ? { names: new Map<string, Binding>(), parent: outer } : outer;
    const functionScope = isFunction(node) || node.type === 'StaticBlock' ? scope : outerFunction;
    if (scope !== outer || node.type === 'Program') of.set(node, scope);
    const id = node['id'];
    if (/^(Function|Class)Declaration$/.test(node.type) && isNode(id)) declare(id['name'] as string, outer);
    if (/^(Function|Class)Expression$/.test(node.type) && isNode(id)) declare(id['name'] as string, scope);
    if (isFunction(node)) {
      for (const param of listOf(node, 'params')) declarePattern(param!, undefined, (name) => declare(name, scope));
    }
    if (node.type === 'CatchClause' && isNode(node['param'])) {
      declarePattern(node['param'], undefined, (name) => declare(name, scope));
    }
    if (node.type.startsWith('Import') && isNode(node['local'])) declare(node['local']['name'] as string, scope);
    if (node.type === 'VariableDeclaration') {
      for (const one of listOf(node, 'declarations')) {
        const init = isNode(one!['init']) ? one!['init'] : undefined;
        const where = node['kind'] === 'var' ? functionScope : scope;
        declarePattern(child(one!, 'id'), init, (name, value) => declare(name, where, value));
      }
    }
    const target = { AssignmentExpression: 'left', UpdateExpression: 'argument', ForInStatement: 'left', ForOfStatement: 'left' }[
      node.type
    ];
    if (target && child(node, target).type !== 'VariableDeclaration') {
      declarePattern(child(node, target), undefined, (name) => assignments.push({ name, scope }));
    }
    for (const one of childrenOf(node)) visit(one, scope, functionScope);
  };
  visit(program, top, top);
  for (const { name, scope } of assignments) {
    const binding = lookUp(name, scope);
    if (binding) binding.assigned = true;
  }
  return { of, top };
}

/** Every name in a pattern, each with the expression that it stands for as far as that is known. */
function declarePattern(pattern: JsNode, init: JsNode | undefined, take: (name: string, init?: JsNode) => void): void {
  switch (pattern.type) {
    case 'Identifier':
      return take(pattern['name'] as string, init);
    case 'AssignmentPattern':
      // The default or what is given: not one expression.
      return declarePattern(child(pattern, 'left'), undefined, take);
    case 'RestElement':
      return declarePattern(child(pattern, 'argument'), undefined, take);
    case 'ArrayPattern':
      for (const element of listOf(pattern, 'elements')) if (element) declarePattern(element, undefined, take);
      return;
    case 'ObjectPattern':
      for (const property of listOf(pattern, 'properties')) {
        if (property!.type !== 'Property') declarePattern(property!, undefined, take);
        else declarePattern(child(property!, 'value'), init && memberOf(init, property!), take);
      }
  }
}

/** `{ key: name } = init` says `name = init.key`. */
const memberOf = (object: JsNode, { start, end, key, computed }: JsNode): JsNode => ({
  type: 'MemberExpression',
  start,
  end,
  object,
  property: key,
  computed,
});
