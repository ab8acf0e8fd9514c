/** A chart as a file that looks alone as it does on the page. */

/** The properties that colours on the page may hide in. */
const coloured = ["fill", "stroke", "color"] as const;

/** The drawing as SVG text, with the theme's colours written out. */
export function svgText(chart: SVGSVGElement): string {
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = [chart, ...chart.querySelectorAll<SVGElement>("*")];
  const copies = [copy, ...copy.querySelectorAll<SVGElement>("*")];
  originals.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const property of coloured) {
      const value = element.getAttribute(property);
      if (value !== null && value !== "none") {
        copies[i]!.setAttribute(property, style.getPropertyValue(property));
      }
    }
  });
  const style = getComputedStyle(chart);
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.style.color = style.color;
  copy.style.background = getComputedStyle(document.documentElement).backgroundColor;
  copy.style.fontFamily = "sans-serif";
  return new XMLSerializer().serializeToString(copy);
}

/** The drawing as PNG, twice as fine as on the page. Errors: Error if the browser cannot draw it. */
export async function pngBlob(chart: SVGSVGElement): Promise<Blob> {
  const { width, height } = chart.getBoundingClientRect();
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svgText(chart))}`;
  await image.decode();
  const canvas = new OffscreenCanvas(2 * width, 2 * height);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("picture: needs a canvas, got none");
  context.scale(2, 2);
  context.drawImage(image, 0, 0, width, height);
  return canvas.convertToBlob({ type: "image/png" });
}
