/** A secret is named, never written: `{ env: NAME }` or `{ file: PATH }`. */
import { z } from 'zod';

export const secretRef = z.union([z.strictObject({ env: z.string().min(1) }), z.strictObject({ file: z.string().min(1) })], {
  error: 'name the secret as { env: NAME } or { file: PATH }; a literal secret is refused',
});
export type SecretRef = z.infer<typeof secretRef>;
