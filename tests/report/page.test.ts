import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import type { Browser, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { cheri } from '../../platforms/cheri/index.js';
import { mmuMicrokernel } from '../../platforms/mmu-microkernel/index.js';
import { mpuRtos } from '../../platforms/mpu-rtos/index.js';
import { renderPage } from '../../runner/report/page.js';
import { readReport, type ReportParts } from '../../runner/report/report.js';
import { shippedClaims } from '../../runner/reproduce/read.js';
import { FILES } from '../../runner/results/read.js';
import { WORKLOADS } from '../../workloads/index.js';
import { temporary } from '../runner/temporary.js';
import { describeInBrowser } from './browser.js';
import { partOfReference, REFERENCE } from './results.js';

const PLATFORMS = [mpuRtos, mmuMicrokernel, cheri];
const read = (folder: string, claims?: ReportParts['claims']) =>
  readReport(folder, { workloads: WORKLOADS, platforms: PLATFORMS, claims });

const REPORT = read(REFERENCE, { files: shippedClaims(), recording: join(REFERENCE, FILES.claims) });
const PAGE = renderPage(REPORT);
const IDS = [...PAGE.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);

test('every workload, platform, parameter and image of the results is on the page', () => {
  for (const { workload, platform, image } of REPORT.records) {
    expect(IDS).toContain(`workload-${workload}`);
    expect(IDS).toContain(`platform-${platform}`);
    if (image !== null) expect(PAGE).toContain(`<code>${image}</code>`);
  }
  for (const { id, parameters } of WORKLOADS) {
    for (const name of Object.keys(parameters)) expect(PAGE).toContain(`<code>${id}.${name}</code>`);
  }
  for (const name of PLATFORMS.flatMap((p) => p.parameters.map((q) => q.name)))
    expect(PAGE).toContain(`<code>${name}</code>`);
});

test('every published figure is on the page', () => {
  for (const { claims } of shippedClaims()) for (const { id } of claims) expect(PAGE).toContain(`<code>${id}</code>`);
});

test('every id is there once, every link leads to one of them, and nothing is fetched', () => {
  expect(new Set(IDS).size).toBe(IDS.length);
  const known = new Set(IDS);
  for (const [, target] of PAGE.matchAll(/(?:href|src)="([^"]*)"/g)) {
    expect(target === 'data:,' || known.has(target.replace(/^#/, '')), target).toBe(true);
  }
  expect(PAGE).not.toMatch(/url\((?!#)|@import|<(img|iframe|object|embed)\b/);
});

/** A page opened from a file; what it says to the console, fetches or throws is collected. */
async function open(browser: Browser, content: string, width = 1280): Promise<{ page: Page; complaints: string[] }> {
  const file = join(temporary(), 'report.html');
  writeFileSync(file, content);
  const page = await browser.newPage({ viewport: { width, height: 900 } });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  const url = pathToFileURL(file).href;
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(url);
  return { page, complaints };
}

describeInBrowser('the page of the reference results in a browser', (browser) => {
  test('is as wide as the window, says nothing to the console, fetches nothing; charts are drawn', async () => {
    const { page, complaints } = await open(browser(), PAGE);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      // BULKHEAD_SCREENSHOTS keeps them for a look
      const folder = process.env.BULKHEAD_SCREENSHOTS ?? temporary();
      const picture = await page.locator('#figure-system-call').screenshot({ path: join(folder, `${width}.png`) });
      const image = await loadImage(picture);
      const context = createCanvas(image.width, image.height).getContext('2d');
      context.drawImage(image, 0, 0);
      const pixels = new Uint32Array(context.getImageData(0, 0, image.width, image.height).data.buffer);
      const orange = pixels.filter((pixel) => (pixel & 0xffffff) === 0x009fe6).length;
      expect(orange / pixels.length).toBeGreaterThan(0.005);
    }
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describeInBrowser('a page in a browser', (browser) => {
  const small = () => renderPage(read(partOfReference(['ipc.call', 'guarantee.caller.write'])));

  test('tables are sorted by click and by key, filtered by words, and links open what they lead to', async () => {
    const { page, complaints } = await open(browser(), small());
    const table = page.locator('#spans-ipc');
    const column = async (n: number): Promise<number[]> =>
      (await table.locator(`tbody tr:visible td:nth-child(${n})`).allTextContents()).map(Number);
    const written = await column(6);
    const ascending = [...written].sort((a, b) => a - b);
    expect(ascending).not.toEqual(written);
    const heading = table.locator('thead th', { hasText: 'cycles' });
    await heading.getByRole('button').click();
    expect(await column(6)).toEqual(ascending);
    expect(await heading.getAttribute('aria-sort')).toBe('ascending');
    await heading.getByRole('button').focus();
    await page.keyboard.press('Enter');
    expect(await column(6)).toEqual([...ascending].reverse());
    await page.keyboard.press('Space');
    expect(await column(6)).toEqual(written);

    await page.getByLabel('Filter ipc: spans').fill('CHERI words=3');
    expect(await table.locator('tbody tr:visible').allTextContents()).toHaveLength(3);
    await page.getByLabel('Filter ipc: spans').fill('');
    expect(await column(6)).toEqual(written);

    await table.getByRole('link').first().click();
    expect(await page.locator('#workload-ipc\\.call').getAttribute('open')).not.toBeNull();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('headings go down a level at a time, and text has the contrast of WCAG AA in both schemes', async () => {
    const { page } = await open(browser(), small());
    const levels: number[] = await page.evaluate(
      '[...document.querySelectorAll("h1,h2,h3,h4")].map((h) => Number(h.tagName[1]))',
    );
    expect(levels[0]).toBe(1);
    levels.slice(1).forEach((level, i) => expect(level - levels[i]).toBeLessThanOrEqual(1));
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(LEAST_CONTRAST)).toBeGreaterThan(4.5);
    }
    await page.close();
  });

  test('text of a results file is text: no tag of it is made, no script of it runs', async () => {
    const attack = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const outcome = { kind: 'error', reason: attack, place: attack, trace: attack } as const;
    const folder = partOfReference(['ipc.call'], (r) => ({ ...r, outcome, ended: [attack], spans: [] }));
    const { page, complaints } = await open(browser(), renderPage(read(folder)));
    expect(await page.title()).toBe('Bulkhead 0.1.0: report');
    expect(await page.locator('#errors-table tbody td').nth(2).textContent()).toBe(attack);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** The least contrast of a text that is shown with what is behind it (WCAG 2.1, relative luminance). */
const LEAST_CONTRAST = `(() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => [r, g, b]
    .map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = channels(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const contrasts = [...document.querySelectorAll('h1,h2,p,a,dt,dd,th,td,code,summary,caption,button,output,.facts')].map((e) => {
    const [a, b] = [luminance(channels(getComputedStyle(e).color)), luminance(behind(e))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  });
  return Math.min(...contrasts);
})()`;
