/** The charts, fetched when the first one is drawn: recharts is larger than the rest of the page. */
import { lazy, Suspense } from 'react';
import { text } from '../i18n/catalogue';
import styles from './ChartCard.module.css';
import type { BarsProps, LineProps } from './recharts-plots';

const LazyLine = lazy(() => import('./recharts-plots').then((module) => ({ default: module.LinePlot })));
const LazyBars = lazy(() => import('./recharts-plots').then((module) => ({ default: module.BarPlot })));

const waiting = <p className={styles.empty}>{text.chart.loading}</p>;

export function LinePlot(props: LineProps) {
  return (
    <Suspense fallback={waiting}>
      <LazyLine {...props} />
    </Suspense>
  );
}

export function BarPlot(props: BarsProps) {
  return (
    <Suspense fallback={waiting}>
      <LazyBars {...props} />
    </Suspense>
  );
}
