/** Numbers of the activations in `kernels/activation.ts`. */
export const activationCode = { silu: 1, gelu: 2, relu: 3 } as const;
