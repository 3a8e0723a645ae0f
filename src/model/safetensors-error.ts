/** A file that is no well-formed safetensors file; the message names the file and, where there is one, the tensor. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError';
}
