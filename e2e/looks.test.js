// What a person sees: colours from the first byte, nothing cut or covered at any width, nothing that axe finds, no state by colour alone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaints } from './axe.js'
import { Connectors, Portal, Story, samples } from './pages.js'
import { command, keep, open } from './workbench.js'

let workbench, known, pages, doors
before(async () => {
  workbench = await open()
  known = await samples(await workbench.visit())
  const { endpoint, mail, quiet } = known
  const analyst = await workbench.visit()
  await analyst.request.post(`/stories/${quiet.id}/manage`, { form: { verdict: 'informational', owner: 'somebody.with.a.long.name' }, maxRedirects: 0 }) // the longest words
  pages = {
    'stories': '/stories',
    'stories-judged': '/stories?verdict=informational',
    'stories-empty': '/stories?q=no-such-word-anywhere',
    'stories-grouped': '/stories?group=status',
    'story': `/stories/${endpoint.id}`,
    'story-tree': `/stories/${endpoint.id}?alert=${encodeURIComponent(treeOf(endpoint).alert)}&show=${encodeURIComponent(treeOf(endpoint).node)}`,
    'story-evidence': `/stories/${endpoint.id}/evidence`,
    'story-entities': `/stories/${endpoint.id}/entities`,
    'story-timeline': `/stories/${endpoint.id}/timeline`,
    'story-raw': `/stories/${endpoint.id}/raw`,
    'story-alerts': `/stories/${endpoint.id}/alerts?alert=${encodeURIComponent(treeOf(endpoint).alert)}`,
    'story-manage': `/stories/${endpoint.id}#story-actions`,
    'mail': `/stories/${mail.id}`,
    'mail-evidence': `/stories/${mail.id}/evidence`,
    'not-found': '/stories/nothing',
    ...await connectorPages(),
  }
  doors = { 'sign-in': '/sign-in', 'password': command('account', 'add', 'newcomer', '--role', 'viewer', '--store', workbench.store).trim() }
})
after(() => workbench?.close())

// connectorPages connects a tenant, leaves what is under it to be authorised, and another tenant to have its certificate uploaded.
async function connectorPages() {
  const connectors = new Connectors(await workbench.visit())
  const portal = new Portal(await workbench.visit(), workbench.portal)
  const quiet = await portal.registration('Adatum Quiet')
  await connectors.open()
  await connectors.signIn('adatum', quiet, { secret: await portal.secret() })
  await connectors.open()
  await connectors.child('adatum-mde')
  const made = new URL(connectors.page.url()).pathname + new URL(connectors.page.url()).search
  const busy = await portal.registration('Tailspin Toys')
  const form = { application: 'microsoft365', name: 'tailspin', tenant: busy.tenant, clientId: busy.client, objectId: busy.object, credential: 'made' }
  const departure = (await connectors.page.request.post('/connectors', { form, maxRedirects: 0 })).headers().location
  const id = (await connectors.json()).find(c => c.name === 'adatum').id
  return {
    'connectors': '/connectors',
    'connectors-new': '/connectors/new?application=microsoft365',
    'connectors-new-child': '/connectors/new?application=defenderForEndpoint',
    'connectors-made': made,
    'connectors-setup': '/connectors/setup',
    'connector': `/connectors/${id}`,
    'connector-delete': `/connectors/${id}/delete`,
    'connector-departure': departure,
    'connector-arrival': '/connectors/callback?state=none&error=access_denied',
    'integrations': '/integrations',
    'integrations-configured': '/integrations/configured',
    'integrations-new': '/connectors/new?from=configured&application=defenderForOffice365',
  }
}

// treeOf finds the alert with the most nodes, and a node with evidence in it.
function treeOf(story) {
  const nodes = story.processTrees.flatMap(tree => tree.nodes).filter(node => node.evidenceId)
  const alert = story.alerts.map(a => a.id).toSorted((a, b) => nodes.filter(n => n.alertIds.includes(b)).length - nodes.filter(n => n.alertIds.includes(a)).length)[0]
  return { alert, node: nodes.filter(n => n.alertIds.includes(alert)).at(-1).evidenceId }
}

// misplaced lists text that the window or a box cuts off, and controls that lie on one another. What scrolls sideways by design may be wider.
function misplaced() {
  const found = []
  const name = e => `${e.tagName.toLowerCase()}.${[...e.classList].join('.')} "${(e.innerText || e.value || e.getAttribute('aria-label') || '').trim().slice(0, 40)}"`
  const within = (e, test) => { for (let p = e; p && p !== document.documentElement; p = p.parentElement) if (test(getComputedStyle(p), p)) return true; return false }
  const scrolls = e => within(e.parentElement, style => /auto|scroll/.test(style.overflowX))
  const visible = e => e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !within(e, (style, p) => style.clipPath !== 'none' || (p.offsetWidth <= 1 && p.offsetHeight <= 1))
  if (document.documentElement.scrollWidth > innerWidth) found.push(`the page is ${document.documentElement.scrollWidth} wide in a window of ${innerWidth}`)
  for (const e of document.body.querySelectorAll('*')) {
    if (!(e instanceof HTMLElement) || ![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) || !visible(e)) continue
    const box = e.getBoundingClientRect()
    if (box.width === 0) continue
    if (!scrolls(e) && (box.right > innerWidth + 1 || box.left < -1)) found.push(`outside the window: ${name(e)}`)
    const style = getComputedStyle(e)
    if (/hidden|clip/.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1 && style.textOverflow !== 'ellipsis') found.push(`cut off: ${name(e)}`)
  }
  for (const cell of document.body.querySelectorAll('td > div')) if (visible(cell) && getComputedStyle(cell).overflowX === 'visible' && cell.scrollWidth > cell.clientWidth + 1) found.push(`leaves its column: ${name(cell)}`)
  for (const row of document.body.querySelectorAll('thead tr')) if (visible(row) && row.offsetHeight > 96) found.push(`a head of a table is ${row.offsetHeight} high`)
  const controls = [...document.body.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
    .filter(e => visible(e) && !within(e, style => /fixed|sticky/.test(style.position)))
    .map(e => ({ e, boxes: [...e.getClientRects()] }))
  for (const [i, a] of controls.entries()) {
    for (const b of controls.slice(i + 1)) {
      if (a.e.contains(b.e) || b.e.contains(a.e) || scrolls(a.e) !== scrolls(b.e)) continue
      if (a.boxes.some(p => b.boxes.some(q => Math.min(p.right, q.right) - Math.max(p.left, q.left) > 2 && Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top) > 2))) {
        found.push(`on one another: ${name(a.e)} and ${name(b.e)}`)
      }
    }
  }
  return found.slice(0, 12)
}

for (const theme of ['light', 'dark', 'dim']) {
  test(`axe finds nothing in ${theme}`, async t => {
    const page = await workbench.visit({ display: { theme } })
    for (const [name, address] of Object.entries(pages)) {
      await t.test(name, async () => {
        await page.goto(address)
        await keep(page, `${name}-${theme}-1280`)
        // Thousands of cells of one kind take axe long: light and dark will do.
        if (theme === 'dim' && name === 'story-raw') return
        assert.deepEqual(await complaints(page), [])
      })
    }
    const stranger = await workbench.visit({ signedOut: true, display: { theme } })
    for (const [name, address] of Object.entries(doors)) {
      await t.test(name, async () => {
        await stranger.goto(address)
        await keep(stranger, `${name}-${theme}-1280`)
        assert.deepEqual(await complaints(stranger), [])
      })
    }
  })
}

for (const [width, height] of [[390, 844], [1280, 900], [1920, 1080]]) {
  test(`nothing is cut or covered at ${width}`, async t => {
    const known = await workbench.visit({ viewport: { width, height }, hasTouch: width < 600 })
    const stranger = await workbench.visit({ signedOut: true, viewport: { width, height }, hasTouch: width < 600 })
    for (const [name, address] of Object.entries({ ...pages, ...doors })) {
      const page = name in doors ? stranger : known
      await t.test(name, async () => {
        await page.goto(address)
        if (width !== 1280) await keep(page, `${name}-light-${width}`)
        assert.deepEqual(await page.evaluate(misplaced), [])
        if (width !== 1280 && name !== 'story-raw') assert.deepEqual(await complaints(page), [])
      })
    }
  })
}

test('a phone shows the same in the dark', async t => {
  for (const theme of ['dark', 'dim']) {
    const page = await workbench.visit({ display: { theme }, viewport: { width: 390, height: 844 }, hasTouch: true })
    for (const name of ['stories', 'story-tree', 'mail', 'connectors', 'connectors-new']) {
      await t.test(`${name} in ${theme}`, async () => {
        await page.goto(pages[name])
        await keep(page, `${name}-${theme}-390`)
        assert.deepEqual(await complaints(page), [])
      })
    }
  }
})

test('the columns that nobody chose fit any desk', async () => {
  for (const density of ['comfortable', 'standard', 'compact']) {
    const page = await workbench.visit({ display: { density } })
    for (const width of [1280, 1366, 1440, 1536, 1600, 1680, 1792, 1793, 1920, 2560]) {
      await page.setViewportSize({ width, height: 900 })
      await page.goto(pages.stories)
      const { over, indication, ages } = await page.evaluate(() => {
        const frame = document.querySelector('#stories-scroll')
        return { over: frame.scrollWidth - frame.clientWidth, indication: frame.querySelector('thead [data-column=indication]').clientWidth,
          ages: [...frame.querySelectorAll('td[data-kind=age] time')].filter(age => age.offsetParent).every(age => age.scrollWidth <= age.parentElement.clientWidth) }
      })
      assert.equal(over, 0, `${density}, ${width} wide: the table is wider than its frame`)
      assert.ok(indication >= 280, `${density}, ${width} wide: the indication has ${indication} pixels`)
      assert.ok(ages, `${density}, ${width} wide: an age is cut`)
    }
  }
})

test('the theme is in the first byte of every page', async () => {
  for (const theme of ['light', 'dark', 'dim']) {
    const page = await workbench.visit({ display: { theme } })
    const stranger = await workbench.visit({ signedOut: true, display: { theme } })
    for (const [visitor, address] of [[page, pages.stories], [page, pages.story], [page, pages['not-found']], [stranger, '/sign-in']]) {
      const html = await (await visitor.request.get(address)).text()
      assert.match(html, new RegExp(`<html[^>]* data-theme="${theme}"`), `${address} in ${theme}`)
    }
  }
})

test('the theme is changed where it is chosen, and the page stays', async () => {
  const page = await workbench.visit()
  await page.goto(pages.story)
  await page.locator('summary').filter({ hasText: 'Display' }).click()
  await page.getByText('Dark', { exact: true }).click()
  await page.getByRole('button', { name: 'Apply' }).filter({ visible: true }).first().click()
  await page.locator('html[data-theme=dark]').waitFor({ state: 'attached' })
  assert.equal(new URL(page.url()).pathname, pages.story)
})

test('one switch turns every time from UTC to local', async () => {
  const page = await workbench.visit({ timezoneId: 'Asia/Kolkata' })
  await page.goto(pages.story)
  const alerts = new Story(page).alerts
  const before = await alerts.innerText()
  await page.getByRole('button', { name: 'Local', exact: true }).click()
  await page.getByRole('button', { name: 'Local', exact: true, pressed: true }).waitFor()
  const local = await alerts.innerText()
  assert.notEqual(local, before)
  await page.getByRole('button', { name: 'UTC', exact: true }).click()
  await page.getByRole('button', { name: 'UTC', exact: true, pressed: true }).waitFor()
  assert.equal(await alerts.innerText(), before)
})

test('with deuteranopia every state still tells itself', async () => {
  const page = await workbench.visit()
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'deuteranopia' })
  for (const [name, address] of Object.entries({ stories: pages.stories, story: pages['story-tree'], evidence: pages['story-evidence'], mail: pages.mail, connectors: pages.connectors })) {
    await page.goto(address)
    await keep(page, `${name}-deuteranopia`)
    const badges = await page.locator('.badge').evaluateAll(all => all.map(b => ({ text: b.innerText.trim() || b.textContent.trim(), shape: b.querySelector('use')?.getAttribute('href') ?? '', tone: b.dataset.tone })))
    assert.ok(badges.length > 0, `${name} shows states`)
    for (const badge of badges) assert.ok(badge.text, `a state without a word on ${name}: ${JSON.stringify(badge)}`)
    const scores = await page.locator('.criticality').evaluateAll(all => all.map(c => c.textContent.trim()))
    for (const score of scores) assert.match(score, /\d/)
  }
})

test('from the list to a saved comment by keyboard alone', async () => {
  const page = await workbench.visit()
  await page.goto(pages.stories)
  await page.keyboard.press('Tab')
  assert.match(await page.evaluate(() => document.activeElement.textContent), /skip/i, 'the first stop skips to the content')
  await page.keyboard.press('Enter')
  const seen = async () => page.evaluate(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })
  await reach(page, e => !!e.closest('tbody') && !!e.getAttribute('href')?.startsWith('/stories/'))
  assert.ok(await seen(), 'the focus shows')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/stories\/[a-z0-9]+/i)
  await new Story(page).heading.waitFor()
  await reach(page, e => e.id === 'timeline-comment')
  await page.keyboard.type('by keyboard alone')
  await reach(page, e => e.tagName === 'BUTTON' && e.textContent.trim() === 'Comment')
  await page.keyboard.press('Enter')
  await new Story(page).timeline.getByText('by keyboard alone').first().waitFor()
})

// reach presses Tab until the focus is where it should be.
async function reach(page, there) {
  for (let i = 0; i < 400; i++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`(${there})(document.activeElement)`)) return
  }
  assert.fail(`not reached by Tab: ${there}`)
}
