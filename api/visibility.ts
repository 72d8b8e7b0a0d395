/** Search attributes, there and back, and the list query that asks for them. */
import type { SearchAttributePair, TypedSearchAttributes } from '@temporalio/common';
import {
  incidentAttribute,
  phaseAttribute,
  scenarioAttribute,
  siteAttribute,
  statusAttribute,
  targetAttribute,
} from '../domain/search-attributes.ts';
import type { Attributes, ListFilter } from './gateway.ts';

const keys = {
  scenario: scenarioAttribute,
  target: targetAttribute,
  status: statusAttribute,
  phase: phaseAttribute,
  site: siteAttribute,
  incident: incidentAttribute,
} as const;
const names = Object.keys(keys) as (keyof typeof keys)[];

export const pairsOf = (attributes: Attributes): SearchAttributePair[] =>
  names.flatMap((name) => (attributes[name] === undefined ? [] : [{ key: keys[name], value: attributes[name] }]));

export const attributesOf = (known: TypedSearchAttributes): Attributes =>
  Object.fromEntries(names.flatMap((name) => (known.get(keys[name]) === undefined ? [] : [[name, known.get(keys[name])]])));

export function listQueryOf({ types, targets, since, until, openOnly }: ListFilter): string {
  return [
    `WorkflowType IN ${anyOf(types)}`,
    ...(targets ? [`${targetAttribute.name} IN ${anyOf(targets)}`] : []),
    ...(since === undefined ? [] : [`StartTime >= '${new Date(since).toISOString()}'`]),
    ...(until === undefined ? [] : [`StartTime <= '${new Date(until).toISOString()}'`]),
    ...(openOnly ? [`ExecutionStatus = 'Running'`] : []),
  ].join(' AND ');
}

/** Names of ours hold no quotes; one from elsewhere must not end the text it stands in. */
const anyOf = (values: readonly string[]): string =>
  `(${values.map((value) => `'${value.replaceAll(/['\\]/g, '')}'`).join(', ')})`;
