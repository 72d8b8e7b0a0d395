/** Inputs of the scenarios of the audit log. */
import { z } from 'zod';

export const auditLogCorruptionInput = z.strictObject({});
