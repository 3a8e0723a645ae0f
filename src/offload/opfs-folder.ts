/** A folder of the browser's origin-private file system, for the worker: `experts/<name>`. One model's experts are kept at a time. */
import type { ExpertFolder } from './file-store';

const parent = 'experts';

/** The folder of layers with random weights, which stands beside a model's. */
export const layerFolder = 'layer';

/** Rejects where the browser denies the file system (a private window, an opaque origin). */
export async function openOpfsFolder(name: string): Promise<ExpertFolder> {
  const root = await navigator.storage.getDirectory();
  const experts = await root.getDirectoryHandle(parent, { create: true });
  for await (const other of experts.keys()) {
    // Space is scarce, and what is removed costs only the time to write it again.
    if (name !== layerFolder && other !== name && other !== layerFolder)
      await experts.removeEntry(other, { recursive: true }).catch(() => {});
  }
  return new OpfsFolder(await experts.getDirectoryHandle(name, { create: true }));
}

class OpfsFolder implements ExpertFolder {
  constructor(private readonly folder: FileSystemDirectoryHandle) {}

  async read(name: string, { byteLength }: Uint8Array): Promise<Uint8Array<ArrayBuffer> | null> {
    const file = await this.#file(name);
    return file && new Uint8Array(await file.slice(0, byteLength).arrayBuffer());
  }

  async size(name: string): Promise<number | null> {
    return (await this.#file(name))?.size ?? null;
  }

  async write(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const handle = await this.folder.getFileHandle(name, { create: true });
    const stream = await handle.createWritable();
    try {
      await stream.write(bytes);
    } catch (error) {
      await stream.abort().catch(() => {});
      throw error;
    }
    await stream.close();
  }

  async #file(name: string): Promise<File | null> {
    try {
      return await (await this.folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return null;
      throw error;
    }
  }
}
