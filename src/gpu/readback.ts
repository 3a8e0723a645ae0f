/**
 * Numbers back from the GPU: once and slowly (`readBuffer`), or through a ring of staging buffers that are made once and
 * reused, so that reading a record per token creates nothing and never stalls the queue.
 */
import type { Device } from './device';

/** Copies `bytes` bytes of a buffer to the CPU through a staging buffer of its own. */
export async function readBuffer(
  device: Device,
  buffer: GPUBuffer,
  offset: number,
  bytes: number,
): Promise<ArrayBuffer> {
  const staging = device.createBuffer({ size: bytes, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
  const encoder = device.gpu.createCommandEncoder();
  encoder.copyBufferToBuffer(buffer, offset, staging, 0, bytes);
  device.submit(encoder);
  await staging.mapAsync(GPUMapMode.READ);
  const copy = staging.getMappedRange().slice(0);
  device.destroyBuffer(staging);
  return copy;
}

export class ReadbackRing {
  readonly #staging: GPUBuffer[];
  #next = 0;

  /** `size` reads of `bytes` bytes may be under way at once. */
  constructor(
    private readonly device: Device,
    bytes: number,
    readonly size: number,
  ) {
    this.#staging = Array.from({ length: size }, (_, index) =>
      device.createBuffer({
        label: `readback ${index}`,
        size: bytes,
        usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
      }),
    );
  }

  /**
   * Records copies of the sources, each with its bytes, one after the other into the next staging buffer; call the
   * returned function after the submit to get them. The caller keeps at most `size` reads under way.
   */
  copy(encoder: GPUCommandEncoder, sources: readonly (readonly [GPUBuffer, number])[]): () => Promise<ArrayBuffer> {
    const staging = this.#staging[this.#next] as GPUBuffer;
    this.#next = (this.#next + 1) % this.size;
    let offset = 0;
    for (const [source, bytes] of sources) {
      encoder.copyBufferToBuffer(source, 0, staging, offset, bytes);
      offset += bytes;
    }
    return async () => {
      await staging.mapAsync(GPUMapMode.READ);
      const copy = staging.getMappedRange().slice(0);
      staging.unmap();
      return copy;
    };
  }

  destroy(): void {
    for (const buffer of this.#staging) this.device.destroyBuffer(buffer);
  }
}
