/** The table of plots. A plot is a program over the world: it creates entities, changes the state and tells each change. */
import type { World } from '../state';
import { borrow } from './borrow';
import { gift } from './gift';
import { harvest } from './harvest';
import { hide } from './hide';
import { journey } from './journey';
import { lesson } from './lesson';
import { lost } from './lost';
import { misunderstanding } from './misunderstanding';
import { promise } from './promise';
import { race } from './race';
import { repair } from './repair';
import { rescue } from './rescue';
import { shopping } from './shopping';
import { trade } from './trade';
import { weather } from './weather';

export type Plot = (world: World) => void;

export const PLOTS = {
  lost,
  trade,
  race,
  promise,
  misunderstanding,
  repair,
  lesson,
  gift,
  shopping,
  harvest,
  hide,
  rescue,
  borrow,
  weather,
  journey,
} as const satisfies Record<string, Plot>;

export type PlotName = keyof typeof PLOTS;
