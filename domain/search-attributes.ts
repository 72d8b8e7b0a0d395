/** The search attributes that every workflow of ours carries; all Keyword, never a secret: they are not encrypted. */
import { defineSearchAttributeKey } from '@temporalio/common';

export const scenarioAttribute = defineSearchAttributeKey('OkiagariScenario', 'KEYWORD');
export const targetAttribute = defineSearchAttributeKey('OkiagariTarget', 'KEYWORD');
export const statusAttribute = defineSearchAttributeKey('OkiagariStatus', 'KEYWORD');
export const phaseAttribute = defineSearchAttributeKey('OkiagariPhase', 'KEYWORD');
export const incidentAttribute = defineSearchAttributeKey('OkiagariIncident', 'KEYWORD');
export const severityAttribute = defineSearchAttributeKey('OkiagariSeverity', 'KEYWORD');
export const siteAttribute = defineSearchAttributeKey('OkiagariSite', 'KEYWORD');

/** All of them, as a server has to know them before the first workflow starts. */
export const searchAttributes = [
  scenarioAttribute,
  targetAttribute,
  statusAttribute,
  phaseAttribute,
  incidentAttribute,
  severityAttribute,
  siteAttribute,
] as const;
