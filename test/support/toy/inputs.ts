/** Inputs of the toy scenarios; runs in the workflow sandbox. */
import { z } from 'zod';

export const toyInput = z.strictObject({ value: z.int().min(0).max(1000), note: z.string().optional() });
export const toyGroupInput = z.strictObject({ first: z.string(), second: z.string(), value: z.int() });
/** `third`: another wave, after those two. */
export const toyTogetherInput = toyGroupInput.extend({ inWaves: z.boolean().default(false), third: z.string().optional() });
