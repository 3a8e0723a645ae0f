/** The Offload panel: experts that arrive while others compute, simulated, measured, and in a model that writes under a budget. */
import { useEffect } from 'react';
import appStyles from '../../app/App.module.css';
import { DropZone } from '../../controls/DropZone';
import { offloadText } from '../../i18n/offload-text';
import { useOffload } from '../../state/offload';
import { takeOffloadModel } from '../../state/offload-commands';
import { fetchRecordedOffload } from '../../state/recorded-offload';
import { Languages } from './Languages';
import { Live } from './Live';
import { LiveSweep } from './LiveSweep';
import { LiveTimeline } from './LiveTimeline';
import { MachineControls, MachineFields } from './MachineControls';
import { OffloadMessages } from './OffloadMessages';
import { Paper } from './Paper';
import { MachineCost, PolicyControls, SlotControls } from './PolicyControls';
import { Schedule, ScheduleChart } from './Schedule';
import { SweepChart } from './SweepChart';
import { TokensMap } from './TokensMap';
import { TwoRules } from './TwoRules';
import { Written } from './Written';

export function OffloadPanel() {
  const { title, lead, controls: label, drop, live } = offloadText;
  useEffect(() => void fetchRecordedOffload(), []);
  const model = useOffload((state) => state.model !== null);
  return (
    <main className={appStyles.main} id="panel" tabIndex={-1}>
      <aside className={appStyles.aside} aria-label={label}>
        <MachineControls />
        <PolicyControls />
        <SlotControls />
        <MachineFields />
        <MachineCost />
      </aside>
      <div className={appStyles.stage}>
        <div>
          <h1>{title}</h1>
          <p className={appStyles.lead}>{lead}</p>
        </div>
        <Schedule />
        <ScheduleChart />
        <SweepChart />
        <TwoRules />
        <Live />
        <Written />
        {model && (
          <>
            <TokensMap />
            <LiveTimeline />
            <Languages />
            <LiveSweep />
          </>
        )}
        <Paper />
      </div>
      <OffloadMessages />
      <DropZone invitation={drop} onFiles={(files) => takeOffloadModel(files, live.own)} />
    </main>
  );
}
