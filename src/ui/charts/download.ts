/** Hands a file to the person: text, a chart's SVG, or its PNG at twice the size. */
export function downloadText(name: string, type: string, content: string): void {
  downloadBlob(name, new Blob([content], { type }));
}

export function downloadBytes(name: string, content: ArrayBuffer): void {
  downloadBlob(name, new Blob([content], { type: 'application/octet-stream' }));
}

/** Saves the chart in `frame` with the colours it has on the page. */
export function downloadSvg(name: string, frame: Element): void {
  const svg = standalone(frame);
  if (svg) downloadText(`${name}.svg`, 'image/svg+xml', svg.markup);
}

export async function downloadPng(name: string, frame: Element): Promise<void> {
  const svg = standalone(frame);
  if (!svg) return;
  const address = URL.createObjectURL(new Blob([svg.markup], { type: 'image/svg+xml' }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const scale = 2;
    const canvas = new OffscreenCanvas(svg.width * scale, svg.height * scale);
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    context.drawImage(image, 0, 0, svg.width, svg.height);
    downloadBlob(`${name}.png`, await canvas.convertToBlob({ type: 'image/png' }));
  } finally {
    URL.revokeObjectURL(address);
  }
}

function downloadBlob(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

const copied = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-opacity',
  'stroke-width',
  'stroke-dasharray',
  'font-size',
  'font-family',
  'font-weight',
  'opacity',
] as const;

/** The SVG with its styles written into each element, on the page's own background. */
function standalone(frame: Element): { markup: string; width: number; height: number } | null {
  const drawn = frame.querySelector('svg');
  if (!drawn) return null;
  const { width, height } = drawn.getBoundingClientRect();
  const copy = drawn.cloneNode(true) as SVGSVGElement;
  const originals = [drawn, ...drawn.querySelectorAll('*')];
  for (const [index, element] of [copy, ...copy.querySelectorAll('*')].entries()) {
    const original = originals[index];
    if (!original) continue;
    const style = getComputedStyle(original);
    for (const property of copied) element.setAttribute(property, style.getPropertyValue(property));
    element.removeAttribute('class');
    element.removeAttribute('style');
  }
  const keys = keyOf(frame, drawn, copy, height);
  copy.setAttribute('xmlns', namespace);
  copy.removeAttribute('viewBox');
  copy.setAttribute('width', String(width));
  const tall = height + keys;
  copy.setAttribute('height', String(tall));
  const background = document.createElementNS(namespace, 'rect');
  background.setAttribute('width', '100%');
  background.setAttribute('height', '100%');
  background.setAttribute('fill', getComputedStyle(frame).backgroundColor);
  copy.prepend(background);
  return { markup: new XMLSerializer().serializeToString(copy), width, height: tall };
}

const namespace = 'http://www.w3.org/2000/svg';
const keyRow = 18;

/** Writes the key of the lines, which stands beside the drawing on the page, under its copy. Returns how tall it is. */
function keyOf(frame: Element, drawn: SVGSVGElement, copy: SVGSVGElement, top: number): number {
  const entries = [...frame.querySelectorAll('[data-key] li')];
  for (const [index, entry] of entries.entries()) {
    const sign = entry.querySelector('line, circle');
    if (!sign) continue;
    const y = top + index * keyRow + keyRow / 2;
    const { stroke, strokeDasharray, fill } = getComputedStyle(sign);
    const dot = sign.tagName === 'circle';
    const copied = document.createElementNS(namespace, dot ? 'circle' : 'line');
    const place = dot
      ? { cx: 70, cy: y, r: 4, fill }
      : { x1: 58, x2: 82, y1: y, y2: y, stroke, 'stroke-width': 2, 'stroke-dasharray': strokeDasharray };
    for (const [name, value] of Object.entries(place)) copied.setAttribute(name, String(value));
    const label = document.createElementNS(namespace, 'text');
    const look = getComputedStyle(drawn);
    const text = { x: 88, y: y + 4, 'font-size': 12, 'font-family': look.fontFamily, fill: look.color };
    for (const [name, value] of Object.entries(text)) label.setAttribute(name, String(value));
    label.textContent = entry.textContent;
    copy.append(copied, label);
  }
  return entries.length * keyRow;
}
