import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaints } from './axe.js'
import { List } from './pages.js'
import { open } from './workbench.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

// Menu is the one menu of all values on a list.
class Menu extends List {
  get sheet() { return this.page.locator('#value-menu') }
  opener(name) { return this.table.getByRole('button', { name }).first() }
  way(name) { return this.sheet.getByRole('link', { name, exact: true }).or(this.sheet.getByRole('button', { name, exact: true })) }
  async query() { return Object.fromEntries([...new Set(new URL(this.page.url()).searchParams.keys())].map(k => [k, new URL(this.page.url()).searchParams.getAll(k)])) }
  // choose opens the menu of a value by the mouse, chooses, and waits for the list.
  async choose(opener, way) {
    await opener.hover({ force: true })
    await opener.click()
    const before = this.page.url()
    await this.way(way).click()
    await this.page.waitForURL(url => url.href !== before)
  }
}

test('by the mouse: filter for it, out, only this, group by it, each together with what is asked already, and Back', async () => {
  const list = new Menu(await workbench.visit())
  await list.open('producerType=genericIncident&sort=-criticality&limit=20')
  await list.choose(list.opener('Menu of Status Open'), 'Filter for it')
  assert.deepEqual(await list.query(), { limit: ['20'], producerType: ['genericIncident'], sort: ['-criticality'], status: ['open'] })
  const { stories } = await list.json(new URL(list.page.url()).search.slice(1))
  await list.page.waitForFunction(n => document.querySelectorAll('tbody tr[data-row]').length === n, stories.length)
  assert.deepEqual(await list.ids(), stories.map(s => s.id), 'the list is what its address says')

  const owner = list.opener(/^Menu of Owner/)
  await list.choose(owner, 'Filter it out')
  assert.deepEqual((await list.query()).status, ['open'])
  assert.match((await list.query()).owner[0], /^!/)
  assert.equal(await list.sheet.isVisible(), false, 'the menu closes with the choice')

  const back = () => Promise.all([list.page.waitForEvent('load'), list.page.goBack()]) // the page is loaded anew: nothing of it is kept in the browser
  await back()
  await list.page.waitForURL(url => !url.searchParams.has('owner') && url.searchParams.get('status') === 'open')
  await back()
  await list.page.waitForURL(url => !url.searchParams.has('status'))

  await list.open('status=closed&status=open&sort=-criticality')
  await list.choose(list.opener('Menu of Status Open'), 'Only this')
  assert.deepEqual((await list.query()).status, ['open'])
  await list.choose(list.opener(/^Menu of Source/), 'Group by it')
  assert.deepEqual((await list.query()).group, ['source'])
  assert.deepEqual((await list.query()).status, ['open'])
})

test('a second value of a field joins the first; what was filtered out comes back', async () => {
  const list = new Menu(await workbench.visit())
  await list.open('status=pendingAnalysis')
  await list.open('status=!closed&sort=criticality')
  await list.choose(list.opener('Menu of Status Open'), 'Filter it out')
  assert.deepEqual((await list.query()).status.toSorted(), ['!closed', '!open'])
  await list.open('sort=criticality')
  await list.choose(list.opener('Menu of Status Open'), 'Filter for it')
  await list.choose(list.opener('Menu of Status Open'), 'Filter it out')
  assert.deepEqual((await list.query()).status, ['!open'])
})

test('by the keyboard: a button, the menu key on the value, arrows, Escape back to where it was', async () => {
  const list = new Menu(await workbench.visit())
  await list.open('sort=criticality')
  const opener = list.opener('Menu of Status Open')
  await opener.focus()
  await list.page.keyboard.press('Enter')
  await list.way('Filter for it').waitFor()
  assert.ok(await list.way('Filter for it').evaluate(e => e === document.activeElement), 'the first entry has the focus')
  assert.equal(await opener.getAttribute('aria-expanded'), 'true')
  await list.page.keyboard.press('ArrowDown')
  assert.ok(await list.way('Filter it out').evaluate(e => e === document.activeElement))
  await list.page.keyboard.press('ArrowUp')
  await list.page.keyboard.press('ArrowUp')
  assert.ok(await list.way('Copy').evaluate(e => e === document.activeElement), 'the arrows go round')
  await list.page.keyboard.press('Escape')
  assert.equal(await list.sheet.isVisible(), false)
  assert.ok(await opener.evaluate(e => e === document.activeElement), 'Escape gives the focus back')

  await list.page.keyboard.press(' ')
  await list.way('Filter it out').waitFor()
  await list.page.keyboard.press('Tab')
  await list.page.keyboard.press('Enter')
  await list.page.waitForURL(/status=%21open/)

  await list.open('sort=criticality')
  await list.table.getByRole('link', { name: 'Open', exact: true }).first().focus()
  await list.page.keyboard.press('Shift+F10')
  await list.way('Only this').waitFor()
  await list.way('Only this').press('Enter')
  await list.page.waitForURL(/status=open/)
})

test('the value itself leads to every story that has it', async () => {
  const list = new Menu(await workbench.visit())
  await list.open('status=open&sort=-criticality')
  const { stories: [{ source }] } = await list.json('status=open&sort=-criticality')
  await list.table.getByRole('link', { name: source }).first().click()
  await list.page.waitForURL(url => url.search === '?' + new URLSearchParams({ source }))
  const { stories } = await list.json(new URL(list.page.url()).search.slice(1))
  assert.ok(stories.length > 0 && stories.every(s => s.source === source))
})

test('copying gives the exact text, or what nobody can click', async () => {
  const page = await workbench.visit({ permissions: ['clipboard-read', 'clipboard-write'] })
  const list = new Menu(page)
  await list.open('sort=-criticality')
  const { stories } = await list.json('sort=-criticality')
  const { source } = stories.find(s => s.source?.includes('.'))
  const opener = list.opener('Menu of Source ' + (source.length > 24 ? source.slice(0, 24) + '…' : source))
  for (const [way, want] of [['Copy', source], ['Copy defanged', source.replaceAll('.', '[.]').replaceAll('@', '[@]')]]) {
    await opener.focus()
    await opener.press('Enter')
    await list.way(way).click()
    await list.sheet.getByText('Copied').waitFor()
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), want)
    await list.page.keyboard.press('Escape')
    await page.waitForFunction(() => !document.querySelector('#value-menu [data-state]'))
  }
})

test('by touch, on a tablet and on a phone, nothing that has to be pointed at', async () => {
  for (const viewport of [{ width: 1024, height: 768 }, { width: 390, height: 844 }]) {
    const list = new Menu(await workbench.visit({ viewport, hasTouch: true, isMobile: true }))
    await list.open('sort=-criticality')
    const opener = list.opener('Menu of Status Open')
    assert.equal(await opener.evaluate(e => getComputedStyle(e).opacity), '1', 'its button is seen')
    await opener.tap()
    await list.way('Filter for it').waitFor()
    const box = await list.sheet.boundingBox()
    assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, 'the whole menu is in sight')
    await list.way('Filter for it').tap()
    await list.page.waitForURL(/status=open/)
    assert.equal(await list.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'nothing sticks out')
  }
})

test('the menu of the last row is in sight, and closes for a click elsewhere', async () => {
  const list = new Menu(await workbench.visit())
  await list.open('limit=1000')
  const opener = list.rows.last().getByRole('button', { name: /^Menu of Source|^Menu of Status/ }).first()
  await opener.scrollIntoViewIfNeeded()
  await opener.focus()
  await opener.press('Enter')
  const [sheet, room] = await Promise.all([list.sheet.boundingBox(), list.page.locator('#stories-scroll').boundingBox()])
  assert.ok(sheet.y >= room.y && sheet.y + sheet.height <= room.y + room.height + 1, `the menu ${JSON.stringify(sheet)} is within the table ${JSON.stringify(room)}`)
  await list.heading.click()
  assert.equal(await list.sheet.isVisible(), false)
})

test('axe finds nothing with the menu open, in both colours', async () => {
  for (const theme of ['light', 'dark']) {
    const list = new Menu(await workbench.visit({ display: { theme } }))
    await list.open('columns=indication,source,techniques,labels,status,incident&sort=-criticality')
    await list.opener(/^Menu of Source/).focus()
    await list.page.keyboard.press('Enter')
    await list.sheet.waitFor()
    assert.deepEqual(await complaints(list.page), [])
  }
})
