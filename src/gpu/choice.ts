/**
 * Which kernel runs a node: what calibration measured on this adapter, else the family that usually wins there.
 *
 * On a software adapter a kernel without barriers is up to twenty times faster; on a GPU the workgroup usually wins.
 */

import { present } from '../graph/graph';
import type { Family, Node, Storage, Traits, Variant } from '../graph/operation';
import { shapeText } from '../graph/tensor';

/** Measured winners: shape class → variant name. */
export type Winners = Readonly<Record<string, string>>;

/** Nodes of one class run the same sizes from the same storage, so one measurement serves them all. */
export function shapeClass(node: Node, traits: Traits): string {
  const shapes = present(node.inputs).map((tensor) => shapeText(tensor.shape) + storageMark(traits.storage(tensor)));
  const integers = traits.integerActivations && readsQuantised(node, traits) ? ' integers' : '';
  return `${node.operation.name} ${shapes.join(' ')} ${JSON.stringify(node.attributes)}${integers}`;
}

/** Kernels that are right for the node, in the operation's order. */
export function candidates(node: Node, traits: Traits): Variant[] {
  const { variants, name } = node.operation;
  const own = traits.fetchedVariants?.[name] ?? variants;
  const possible = readsQuantised(node, traits) ? (traits.quantisedVariants?.[name] ?? []) : own;
  return possible.filter((variant) => variant.supports(node, traits));
}

/** Nothing for f32. */
function storageMark(storage: Storage): string {
  if ('block' in storage) return `${storage.kind}/${storage.block}${storage.zeros ? 'z' : ''}`;
  return storage.kind === 'f16' ? 'h' : '';
}

function readsQuantised(node: Node, traits: Traits): boolean {
  return present(node.inputs).some((tensor) => 'block' in traits.storage(tensor));
}

/** `forced` makes one family run wherever it can (the page's kernel switch, tests). */
export function chooseBy(software: boolean, winners: Winners = {}, forced?: Family) {
  const order: readonly Family[] = software ? ['thread', 'naive', 'group'] : ['group', 'thread', 'naive'];
  return (node: Node, traits: Traits): Variant => {
    const possible = candidates(node, traits);
    const winner = forced ? undefined : winners[shapeClass(node, traits)];
    const families = forced ? [forced, ...order] : order;
    const chosen =
      possible.find((variant) => variant.name === winner) ??
      families.map((family) => possible.find((variant) => variant.family === family)).find((variant) => variant);
    if (!chosen) {
      const quantised = readsQuantised(node, traits) ? ' with a quantised matrix: leave that matrix as it is' : '';
      throw new Error(`${node.name}: no kernel of ${node.operation.name} takes these shapes${quantised}.`);
    }
    return chosen;
  };
}
