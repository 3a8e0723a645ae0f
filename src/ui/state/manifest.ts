/** The list of shipped models, public/models/manifest.json. */
import { create } from 'zustand';

export interface ShippedModel {
  readonly id: string;
  readonly name: string;
  readonly parameters: number;
  /** Of the weights' file. */
  readonly bytes: number;
  readonly trainedOn: { readonly en: string };
  readonly languages: readonly string[];
  /** Tokens. */
  readonly context: number;
  /** Of each layer that has experts; absent for a dense model. */
  readonly experts?: number;
  readonly heldOut?: { readonly bitsPerCharacter: number; readonly floor: number | null };
}

interface ManifestState {
  readonly models: readonly ShippedModel[];
  /** Whether the list could not be read. */
  readonly failed: boolean;
}

export const useManifest = create<ManifestState>()(() => ({ models: [], failed: false }));

export async function fetchManifest(): Promise<void> {
  try {
    const response = await fetch(new URL('models/manifest.json', document.baseURI));
    if (!response.ok) throw new Error(String(response.status));
    const manifest: { readonly models: readonly ShippedModel[] } = await response.json();
    useManifest.setState({ models: manifest.models });
  } catch {
    useManifest.setState({ failed: true });
  }
}
