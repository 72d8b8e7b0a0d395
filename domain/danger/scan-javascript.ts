/** Finds what JavaScript can reach beyond its parameters, by its tree: words in texts and comments are no code. */
import { constantOf } from './constants.ts';
import { isEndless } from './endless.ts';
import {
  freeNames,
  globalNames,
  harmlessModules,
  harmlessOfProcess,
  memberNames,
  modules,
  sharedObjects,
} from './javascript-names.ts';
import { child, childrenOf, isNode, listOf, type JsNode } from './parse-javascript.ts';
import { nameOf, pathOf, unknown } from './paths.ts';
import { lookUp, scopesOf, type Scope } from './scopes.ts';
import type { DangerKind, Report } from './words.ts';

/** Depth of nesting beyond which nobody writes by hand; what lies deeper cannot be judged. */
const deepest = 400;

export function scanJavaScript(program: JsNode, report: Report): void {
  const scopes = scopesOf(program);
  const visit = (node: JsNode, parents: readonly JsNode[], outer: Scope): void => {
    if (parents.length > deepest) return report('unjudged', node.start, node.end);
    const scope = scopes.of.get(node) ?? outer;
    const say = (kind: DangerKind | undefined): void => kind && report(kind, node.start, node.end);
    const parent = parents.at(-1);
    if (node.type === 'Identifier') say(judgeName(node, parent, scope));
    if (node.type === 'MemberExpression') say(judgeMember(node, parent, scope));
    if (node.type === 'Property') say(judgeProperty(node, parent!, scope));
    if (node.type === 'AssignmentExpression' && isShared(child(node, 'left'), scope)) say('pollution');
    if (/^(Call|New)Expression$/.test(node.type)) say(judgeCall(node, scope));
    if (node.type === 'ImportExpression') say(judgeModule(child(node, 'source'), scope));
    if (/^(Import|ExportAll|ExportNamed)Declaration$/.test(node.type) && isNode(node['source'])) {
      say(judgeModule(node['source'], scope));
    }
    if (node.type === 'TaggedTemplateExpression' && pathOf(child(node, 'tag'), scope).at(-1) === unknown) say('unjudged');
    if (node.type === 'WithStatement') say('unjudged');
    if (isEndless(node, scope)) say('endless');
    for (const one of childrenOf(node)) visit(one, [...parents, node], scope);
  };
  visit(program, [], scopes.top);
}

/** A name of the surroundings, wherever it is mentioned: what is handed on is used. */
function judgeName(node: JsNode, parent: JsNode | undefined, scope: Scope): DangerKind | undefined {
  const name = node['name'] as string;
  if (parent === undefined || !isReference(node, parent) || lookUp(name, scope)) return undefined;
  // Members of these are judged where they are asked for.
  const isObject = parent.type === 'MemberExpression' && parent['object'] === node;
  if (globalNames.has(name)) return isObject || isTypeof(parent) ? undefined : 'unjudged';
  if (name === 'process' || name === 'Reflect') return isObject || isTypeof(parent) ? undefined : 'unjudged';
  if (name === 'require' || name === 'module') {
    return isCallee(node, parent) || isObject || isTypeof(parent) ? undefined : 'unjudged';
  }
  if (!Object.hasOwn(freeNames, name)) return undefined;
  const onlyAsks = isTypeof(parent) || (parent.type === 'BinaryExpression' && parent['operator'] === 'instanceof');
  return onlyAsks ? undefined : freeNames[name];
}

const isTypeof = ({ type, operator }: JsNode): boolean => type === 'UnaryExpression' && operator === 'typeof';
const isCallee = (node: JsNode, parent: JsNode): boolean =>
  (/^(Call|New)Expression$/.test(parent.type) && parent['callee'] === node) || parent.type === 'TaggedTemplateExpression';

/** Not the name of a member, of a key, of a label or of something declared here. */
function isReference(node: JsNode, parent: JsNode): boolean {
  if (parent.type === 'MemberExpression') return parent['object'] === node || parent['computed'] === true;
  if (/^(Property|MethodDefinition|PropertyDefinition)$/.test(parent.type)) {
    return parent['key'] !== node || parent['computed'] === true || parent['shorthand'] === true;
  }
  return !/^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty|(Import|Export).*Specifier)$/.test(parent.type);
}

function judgeMember(node: JsNode, parent: JsNode | undefined, scope: Scope): DangerKind | undefined {
  const path = pathOf(node, scope);
  const key = path.at(-1)!;
  const base = path.slice(0, -1);
  if (key === unknown) return base.length === 0 || riskyObjects.has(base[0]!) ? 'unjudged' : undefined;
  if (base.at(-1) === unknown && /^(call|apply|bind)$/.test(key)) return 'unjudged';
  if (base.length === 0 && Object.hasOwn(freeNames, key)) return freeNames[key];
  if (base[0] === 'process' && base.length === 1) {
    if (key === 'env') return 'secrets';
    return harmlessOfProcess.has(key) ? undefined : 'process';
  }
  return judgeKey(key, parent);
}
const riskyObjects = new Set(['process', 'Reflect', 'module', 'require']);

/** A name that says enough whatever it is asked of. */
function judgeKey(key: string, parent?: JsNode): DangerKind | undefined {
  if (key === 'constructor') {
    const asksOnly =
      parent !== undefined &&
      ((parent.type === 'MemberExpression' && child(parent, 'property')['name'] === 'name') ||
        (parent.type === 'BinaryExpression' && /^(===?|!==?)$/.test(parent['operator'] as string)));
    return asksOnly ? undefined : 'evaluation';
  }
  return Object.hasOwn(memberNames, key) ? memberNames[key] : undefined;
}

/** A key of a literal or of a pattern. */
function judgeProperty(node: JsNode, parent: JsNode, scope: Scope): DangerKind | undefined {
  const name = nameOf(child(node, 'key'), node['computed'] === true, scope);
  if (parent.type === 'ObjectPattern') return judgeKey(name);
  return name === '__proto__' && node['shorthand'] !== true ? 'pollution' : undefined;
}

/** Something that every other code of the context sees too. */
function isShared(left: JsNode, scope: Scope): boolean {
  if (left.type !== 'MemberExpression') return false;
  const path = pathOf(left, scope);
  return path.length > 1 && sharedObjects.has(path[0]!);
}

function judgeCall(node: JsNode, scope: Scope): DangerKind | undefined {
  const callee = child(node, 'callee');
  const [first] = listOf(node, 'arguments');
  const path = pathOf(callee, scope);
  const last = path.at(-1) ?? '';
  if (last === unknown) return 'unjudged';
  if (/^set(Timeout|Interval|Immediate)$/.test(last) && first && isText(first, scope)) return 'evaluation';
  if (path.join('.') === 'require' || path.join('.') === 'module.require' || last === 'getBuiltinModule') {
    return first ? judgeModule(first, scope) : 'unjudged';
  }
  if (path[0] !== 'Reflect' && path[0] !== 'Object') return undefined;
  if (/^(assign|define|set)/.test(last) && first && pathOf(first, scope).includes('prototype')) return 'pollution';
  if (path[0] === 'Reflect' && first && pathOf(first, scope).length === 0) return 'unjudged';
  // Names asked for as texts.
  const keys = listOf(node, 'arguments').flatMap((one) => (one ? [constantOf(one, scope)] : []));
  return keys.map((key) => (typeof key === 'string' ? judgeKey(key) : undefined)).find((kind) => kind !== undefined);
}

/** A text, or something put together with one. */
function isText(node: JsNode, scope: Scope): boolean {
  if (typeof constantOf(node, scope) === 'string' || node.type === 'TemplateLiteral') return true;
  return node.type === 'BinaryExpression' && (isText(child(node, 'left'), scope) || isText(child(node, 'right'), scope));
}

function judgeModule(source: JsNode, scope: Scope): DangerKind | undefined {
  const name = constantOf(source, scope);
  if (typeof name !== 'string') return 'unjudged';
  const plain = name.replace(/^node:/, '');
  if (harmlessModules.has(plain)) return undefined;
  return Object.hasOwn(modules, plain) ? modules[plain] : 'unjudged';
}
