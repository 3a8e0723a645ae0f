import type { AddAttributes, AddInputs, AddOutputs } from '../../gpu/kernels/add/shape';
import { elements } from '../../graph/tensor';
import type { Lowering } from '../command';
import { elementsCommand } from './rows';

export const add: Lowering<AddInputs, AddOutputs, AddAttributes> = ({ inputs, outputs, attributes }, at) => {
  const count = elements(inputs.a.shape);
  const scales = [{ f32: attributes.scaleA }, { f32: attributes.scaleB }];
  return [elementsCommand('add', [at(inputs.a), at(inputs.b), at(outputs.out), count, ...scales], count, 1)];
};
