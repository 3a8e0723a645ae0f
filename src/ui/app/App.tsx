/** The frame of every panel: skip link, name, panels, badge. */
import { type ComponentType, lazy, Suspense, useEffect } from 'react';
import { text } from '../i18n/catalogue';
import { DevicePanel } from '../panels/device/DevicePanel';
import { GeneratePanel } from '../panels/generate/GeneratePanel';
import { type PanelId, panelIds, writeAddress } from '../state/address';
import { useSettings } from '../state/settings';
import styles from './App.module.css';
import { Badge } from './Badge';

/** Panels that are not the first one people see are fetched when they are opened. */
const panels: Readonly<Record<PanelId, ComponentType>> = {
  generate: GeneratePanel,
  tokenizer: lazy(() =>
    import('../panels/tokenizer/TokenizerPanel').then((module) => ({ default: module.TokenizerPanel })),
  ),
  train: lazy(() => import('../panels/train/TrainPanel').then((module) => ({ default: module.TrainPanel }))),
  architecture: lazy(() =>
    import('../panels/architecture/ArchitecturePanel').then((module) => ({ default: module.ArchitecturePanel })),
  ),
  quantise: lazy(() =>
    import('../panels/quantise/QuantisePanel').then((module) => ({ default: module.QuantisePanel })),
  ),
  offload: lazy(() => import('../panels/offload/OffloadPanel').then((module) => ({ default: module.OffloadPanel }))),
  runs: lazy(() => import('../panels/runs/RunsPanel').then((module) => ({ default: module.RunsPanel }))),
  device: DevicePanel,
};

export function App() {
  const panel = useSettings((state) => state.panel);
  const Panel = panels[panel];
  useEffect(() => {
    document.title = `${text.app.panel[panel]} · ${text.app.name.join('')}`;
  }, [panel]);
  return (
    <>
      <button type="button" className={styles.skip} onClick={() => document.getElementById('panel')?.focus()}>
        {text.app.skip}
      </button>
      <Header />
      <Suspense fallback={<Opening />}>
        <Panel key={panel} />
      </Suspense>
    </>
  );
}

function Opening() {
  return (
    <main className={styles.main} id="panel" tabIndex={-1}>
      <aside className={styles.aside} />
      <div className={styles.stage}>
        <p>{text.app.loadingPanel}</p>
      </div>
    </main>
  );
}

function Header() {
  const settings = useSettings();
  const [first, letter, rest] = text.app.name;
  return (
    <header className={styles.header}>
      <span className={styles.name}>
        {first}
        <b>{letter}</b>
        {rest}
      </span>
      <nav className={styles.nav} aria-label={text.app.panels}>
        {panelIds.map((id) => (
          <a
            key={id}
            href={`#${writeAddress({ ...settings, panel: id })}`}
            aria-current={id === settings.panel ? 'page' : undefined}
          >
            {text.app.panel[id]}
          </a>
        ))}
      </nav>
      <Badge />
    </header>
  );
}
