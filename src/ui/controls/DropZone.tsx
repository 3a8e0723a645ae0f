/** Takes files, or a folder, dropped anywhere on the page; while they hang over it, says what would happen. */
import { useEffect, useRef, useState } from 'react';
import styles from './controls.module.css';

export function DropZone({
  invitation,
  onFiles,
}: {
  readonly invitation: string;
  onFiles(files: readonly File[]): void;
}) {
  const [over, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const drag = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!event.dataTransfer?.types.includes('Files')) return;
      event.preventDefault();
      void filesOf(event.dataTransfer).then((files) => files.length > 0 && take.current(files));
    };
    addEventListener('dragover', drag);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', drag);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, []);
  return over ? <div className={styles.drop}>{invitation}</div> : null;
}
/** Dropped files, and the files directly inside dropped folders. */
async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const loose = [...transfer.files];
  const folders = [...transfer.items].flatMap((item) => {
    const entry = item.webkitGetAsEntry?.();
    return entry?.isDirectory ? [entry as FileSystemDirectoryEntry] : [];
  });
  if (folders.length === 0) return loose;
  return (await Promise.all(folders.map(filesInside))).flat();
}

async function filesInside(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
    folder.createReader().readEntries(resolve, reject),
  );
  const files = entries.filter((entry) => entry.isFile) as FileSystemFileEntry[];
  return Promise.all(files.map((entry) => new Promise<File>((resolve, reject) => entry.file(resolve, reject))));
}
