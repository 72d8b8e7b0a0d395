/** The fields of a tool file, by the agent's own rules. */

const reservedNames = new Set(
  'create_tool run_dynamic_tool list_dynamic_tools delete_dynamic_tool bash read write edit question'.split(' '),
);
const modes = new Set(['bash', 'function', 'template', 'skill']);
const parameterTypes = new Set(['string', 'number', 'boolean', 'object', 'array']);
const verificationStatuses = new Set(['unverified', 'pending', 'passed', 'failed', 'deprecated']);

type Rule = (value: unknown) => boolean;

const isText: Rule = (value) => typeof value === 'string';
const isOneOf =
  (words: ReadonlySet<string>): Rule =>
  (value) =>
    typeof value === 'string' && words.has(value);
const isTime: Rule = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(value) && !Number.isNaN(Date.parse(value));
const isCount: Rule = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const optional =
  (rule: Rule): Rule =>
  (value) =>
    value === undefined || rule(value);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isParameter: Rule = (value) =>
  isObject(value) &&
  isText(value['name']) &&
  isOneOf(parameterTypes)(value['type']) &&
  typeof value['required'] === 'boolean' &&
  isText(value['description']) &&
  (value['allowedValues'] === undefined || Array.isArray(value['allowedValues']));

const rules: Readonly<Record<string, Rule>> = {
  id: (value) => typeof value === 'string' && /^dt_[0-9a-f]{12}$/.test(value),
  name: (value) => typeof value === 'string' && /^[a-z][a-z0-9_-]{0,63}$/.test(value) && !reservedNames.has(value),
  description: isText,
  code: isText,
  mode: isOneOf(modes),
  parameters: (value) => Array.isArray(value) && value.every(isParameter),
  createdAt: isTime,
  updatedAt: isTime,
  lastUsedAt: optional(isTime),
  usageCount: isCount,
  confidenceScore: (value) => isCount(value) && (value as number) <= 1,
  verificationStatus: isOneOf(verificationStatuses),
  tags: (value) => Array.isArray(value) && value.every(isText),
  createdBy: (value) => typeof value === 'string' && value !== '',
  createdFromTask: optional(isText),
};

/** The first field that breaks a rule; undefined when the agent would load it. Fields it does not know are its own affair. */
export function toolSchemaFault(value: unknown): { readonly field: string } | undefined {
  if (!isObject(value)) return { field: 'the file' };
  for (const [field, rule] of Object.entries(rules)) if (!rule(value[field])) return { field };
  return undefined;
}
