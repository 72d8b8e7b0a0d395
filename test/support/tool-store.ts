/** The maker of sample tool stores, where tests look for it. */
export { makeToolStore, type ToolStoreSample } from '../../adapters/playground/tool-store-sample.ts';
