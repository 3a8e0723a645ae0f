/** The module's exports: the numbers of the kernels, and how commands are carried out. */
export { Kernel } from './dispatch';
export { run, serve, stop } from './schedule';
