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

const copied = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'font-size', 'font-family', 'opacity'] as const;

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
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('width', String(width));
  copy.setAttribute('height', String(height));
  const background = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
  background.setAttribute('width', '100%');
  background.setAttribute('height', '100%');
  background.setAttribute('fill', getComputedStyle(frame).backgroundColor);
  copy.prepend(background);
  return { markup: new XMLSerializer().serializeToString(copy), width, height };
}
