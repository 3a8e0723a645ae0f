/** The line of each arm in every chart of an experiment: by its place, so that it stays while results come. */
import { type SeriesStyle, seriesStyles } from '../../charts/series';

/** Colours come around again after the sixth, each time with the next dash. */
export function armStyle(place: number): SeriesStyle {
  const count = seriesStyles.length;
  const colour = seriesStyles[place % count] as SeriesStyle;
  const dash = seriesStyles[(place + Math.floor(place / count)) % count] as SeriesStyle;
  return { colour: colour.colour, dash: dash.dash };
}
