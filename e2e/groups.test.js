// The list in groups: counted over the whole result, opened in place, followed into.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaints } from './axe.js'
import { Groups, List } from './pages.js'
import { open } from './workbench.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

const grouped = async (page, query) => (await page.request.get(`/stories.json?${query}`)).json()

test('group by incident, open one, follow into it, and back', async () => {
  const page = await workbench.visit()
  const list = new List(page), groups = new Groups(page)
  await list.open('status=!closed')
  await groups.by('Incident')
  const data = await grouped(page, 'status=!closed&group=incident')
  assert.equal(data.groups.reduce((n, g) => n + g.count, 0), data.total)
  await groups.all.first().waitFor()
  assert.equal(await groups.all.count(), data.groups.length)

  const wanted = data.groups.find(g => g.count > 1)
  const group = groups.one(new RegExp(`^${wanted.label}\\b`))
  await group.getByText(`${wanted.count} stories`, { exact: true }).waitFor()
  for (const band of ['high', 'medium', 'low']) await group.getByText(`${wanted[band]} ${band}`).waitFor()
  await groups.toggle(group).click()
  await groups.rows(group).first().waitFor()
  const { stories } = await grouped(page, `status=!closed&incident=${encodeURIComponent(wanted.value)}`)
  assert.deepEqual(await groups.ids(group), stories.map(s => s.id))
  const opened = page.url()
  assert.match(opened, /[?&]in=/, 'what is open stands in the address')

  await groups.rows(group).first().getByRole('link').first().click()
  await page.waitForURL(new RegExp(`/stories/${stories[0].id}`))
  await page.goBack()
  await page.waitForURL(opened)
  await groups.rows(group).first().waitFor()

  await group.getByRole('heading', { level: 2 }).getByRole('link').click()
  await page.waitForURL(/incident=/)
  assert.deepEqual(await list.ids(), stories.map(s => s.id), 'the head leads to the list of the group')
  assert.doesNotMatch(page.url(), /group=/)
  assert.match(page.url(), /status=%21closed/, 'other filters stay')
  await page.goBack()
  await page.waitForURL(opened)
  await groups.toggle(group).click()
  await page.waitForURL(url => !/[?&]in=/.test(url.search))
  assert.equal(await groups.rows(group).count(), 0, 'the group closes again')
})

test('a group opens by keys, and the focus stays on it', async () => {
  const page = await workbench.visit()
  const groups = new Groups(page)
  await page.goto('/stories?group=producer')
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  const id = await page.evaluate(() => document.activeElement.id)
  assert.match(id, /^group-/)
  await page.keyboard.press('Enter')
  await page.locator(`#${id}[aria-expanded=true]`).waitFor()
  await page.waitForFunction(id => document.activeElement.id === id, id)
  assert.equal(await groups.all.locator('[aria-expanded=true]').count(), 1)
})

test('filters and groups compose', async () => {
  const page = await workbench.visit()
  const list = new List(page), groups = new Groups(page)
  await page.goto('/stories?group=status')
  await list.narrow(/Generic Incident/)
  await page.waitForURL(/producerType=genericIncident/)
  const data = await grouped(page, 'group=status&producerType=genericIncident')
  await page.waitForFunction(n => document.querySelectorAll('section.story-group').length === n, data.groups.length)
  const heads = await groups.all.getByRole('heading', { level: 2 }).allInnerTexts()
  assert.deepEqual(heads.map(h => h.trim()), data.groups.map(g => g.label))
})

test('pages of groups follow one another without a gap or a repeat', async () => {
  const page = await workbench.visit()
  const list = new List(page), groups = new Groups(page)
  const all = (await grouped(page, 'group=source&limit=1000')).groups.map(g => g.label)
  await page.goto('/stories?group=source&limit=5')
  const heads = () => groups.all.locator('h2 .story-group-link').evaluateAll(list => list.map(e => e.title))
  const seen = await heads()
  while (await list.next.count() > 0) {
    const before = page.url()
    await list.next.click()
    await page.waitForURL(url => url.href !== before)
    seen.push(...await heads())
  }
  assert.equal(seen.length, all.length)
})

test('without scripts: group, open, follow', async () => {
  const page = await workbench.visit({ javaScriptEnabled: false })
  const groups = new Groups(page)
  await page.goto('/stories')
  await groups.by('Producer')
  const group = groups.all.first()
  await groups.toggle(group).click()
  await groups.rows(group).first().waitFor()
  await group.getByRole('heading', { level: 2 }).getByRole('link').click()
  assert.match(page.url(), /producer=/)
})

for (const theme of ['light', 'dark']) {
  for (const width of [390, 1280]) {
    test(`axe finds nothing in open groups, and nothing is cut, ${theme}, ${width}`, async () => {
      const page = await workbench.visit({ display: { theme }, viewport: { width, height: 900 } })
      const groups = new Groups(page)
      await page.goto('/stories?group=incident')
      await groups.toggle(groups.all.first()).click()
      await groups.rows(groups.all.first()).first().waitFor()
      assert.deepEqual(await complaints(page), [])
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true, 'the page scrolls sideways')
    })
  }
}
