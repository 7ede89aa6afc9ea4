// Every view in every state: it renders alone, as a sound document, and axe finds nothing in light and dark.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { complaints } from './axe.js'
import { open } from './workbench.js'

let workbench
before(async () => { workbench = await open({ flags: ['--gallery'] }) })
after(() => workbench?.close())

// exhibits are the addresses that the index leads to, by name.
async function exhibits(page) {
  await page.goto('/gallery')
  const all = await page.locator('main .gallery a').evaluateAll(links => links.map(a => [a.textContent.trim(), a.getAttribute('href')]))
  assert.ok(all.length > 50, `the gallery has ${all.length} exhibits`)
  return all
}

test('the index and every exhibit: sound, and nothing that axe finds', async t => {
  const page = await workbench.visit({ display: { theme: 'light' } })
  const said = []
  page.on('pageerror', error => said.push(error.message))
  page.on('console', message => { if (message.type() === 'error') said.push(message.text()) })
  const all = await exhibits(page)
  assert.deepEqual(await complaints(page), [])
  for (const [name, address] of all) {
    await t.test(name, async () => {
      said.length = 0
      const answer = await page.goto(address)
      assert.equal(answer.status(), 200)
      assert.equal((await answer.text()).match(/<html/g).length, 1, 'one document')
      assert.ok((await page.locator('main').innerText()).includes(name), 'the page names the exhibit')
      assert.deepEqual(await page.evaluate(() => {
        const ids = [...document.querySelectorAll('[id]')].map(e => e.id)
        return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))]
      }), [], 'ids that stand twice')
      assert.deepEqual(await complaints(page), [])
      assert.deepEqual(said, [])
    })
  }
})

test('every exhibit can be read in the dark', async t => {
  const page = await workbench.visit({ display: { theme: 'dark' } })
  for (const [name, address] of await exhibits(page)) {
    await t.test(name, async () => {
      await page.goto(address)
      assert.deepEqual(await complaints(page, ['color-contrast']), [])
    })
  }
})
