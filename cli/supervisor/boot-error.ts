/** Why the service cannot start, in words for the person at the terminal; shown without a stack. */
export class BootError extends Error {}
