/** A line's look for each policy, the same in every chart: ten of them share six colours, so those alike differ in their dash. */
import { type OffloadPolicyId, offloadPolicyIds } from '../../../offload/any-policy';
import { type SeriesStyle, seriesStyle } from '../../charts/series';

export function policyStyle(id: OffloadPolicyId): SeriesStyle {
  const index = offloadPolicyIds.indexOf(id);
  const { colour } = seriesStyle(index);
  const again = Math.floor(index / 6);
  return { colour, dash: seriesStyle(index + 2 * again).dash };
}
