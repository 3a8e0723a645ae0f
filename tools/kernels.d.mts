/** See kernels.mjs. */
export function buildKernels(): Promise<void>;
