/** Where code that a target runs comes from: a folder of a git repository at a ref. */
import { z } from 'zod';

/** https and ssh without a password in them, a file URL, or a path; never a word that git would take for an option or a helper. */
const gitAddress =
  /^(https:\/\/[^\s@/][^\s@]*|ssh:\/\/([\w.-]+@)?[A-Za-z0-9][^\s@]*|[\w.-]+@[A-Za-z0-9][\w.-]*:[^\s-]\S*|file:\/\/\/\S+|\.{0,2}\/\S+)$/;
const isPath = (path: string): boolean => path.split('/').every((part) => /^[^\s/\\\0]+$/.test(part) && !/^\.\.?$/.test(part));

export const sourceCode = z.strictObject({
  path: z
    .string()
    .max(200)
    .regex(/^\.pi\/(extensions|lib|skills)(\/|$)/, 'a folder in .pi/extensions, .pi/lib or .pi/skills')
    .refine(isPath, 'a relative path that stays inside')
    .describe('Folder of the target that holds exactly this code.'),
  git: z
    .string()
    .max(500)
    .regex(gitAddress, 'https://…, ssh://…, user@host:path, file:///… or a path; no password')
    .describe('Repository. Over ssh the key of the user that runs Okiagari is used.'),
  ref: z
    .string()
    .max(200)
    .regex(/^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'a branch, a tag or a commit')
    .default('main'),
  folder: z
    .string()
    .max(200)
    .refine((folder) => folder === '' || isPath(folder), 'a relative path that stays inside')
    .default('')
    .describe('Folder of the repository; its root when left out.'),
});

export type SourceEntry = z.infer<typeof sourceCode>;
