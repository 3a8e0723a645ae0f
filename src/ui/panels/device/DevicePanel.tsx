/** The Device panel: what runs the models, what it allows, what it reaches, and all of it as one JSON file. */
import appStyles from '../../app/App.module.css';
import { Messages } from '../../app/Messages';
import { text } from '../../i18n/catalogue';
import { Adapter, Gates, Limits } from './Adapter';
import { BackendCard } from './BackendCard';
import { Calibration } from './Calibration';
import { Ceilings } from './Ceilings';
import { DeviceActions } from './DeviceActions';
import styles from './device.module.css';
import { Paper } from './Paper';

export function DevicePanel() {
  const { title, lead, actions } = text.device;
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={actions}>
        <DeviceActions />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Messages />
        <BackendCard />
        <Ceilings />
        <div className={styles.cards}>
          <Adapter />
          <Limits />
          <Gates />
        </div>
        <Calibration />
        <Paper />
      </div>
    </main>
  );
}
