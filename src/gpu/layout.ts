/**
 * Reads the bindings of a WGSL module of this project from its text.
 *
 * The layout `auto` drops bindings that the entry point does not use, so it would change with an override. An explicit
 * layout follows the declarations instead. The text is our own: one line a binding, group 0, numbered from 0.
 */

export interface Binding {
  readonly name: string;
  readonly kind: 'uniform' | 'read-only-storage' | 'storage';
}

const declaration = /@group\(0\)\s*@binding\((\d+)\)\s*var<(uniform|storage)(?:,\s*(read|read_write))?>\s*(\w+)/g;

/** Bindings in the order of their numbers; throws when the numbers have a gap. */
export function bindingsOf(wgsl: string): Binding[] {
  const bindings: Binding[] = [];
  for (const [, index, space, access, name] of wgsl.matchAll(declaration)) {
    const kind = space === 'uniform' ? 'uniform' : access === 'read_write' ? 'storage' : 'read-only-storage';
    bindings[Number(index)] = { name: name ?? '', kind };
  }
  const gap = Array.from(bindings).indexOf(undefined as unknown as Binding);
  if (gap >= 0) throw new Error(`The module declares ${bindings.length} bindings, but none with number ${gap}.`);
  return bindings;
}
