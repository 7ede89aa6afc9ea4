// Nothing that an address says leads a browser away from the workbench, and nothing that Microsoft's answer says is more than text.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Connectors, Portal } from './pages.js'
import { open } from './workbench.js'

let workbench
before(async () => { workbench = await open() })
after(() => workbench?.close())

// guarded gives a signed-in page whose requests that leave the workbench are noted and go nowhere.
async function guarded(options) {
  const page = await workbench.visit(options)
  const left = []
  await page.context().route(url => url.origin !== workbench.base, route => { left.push(route.request().url()); return route.abort() })
  return { page, left }
}

const evil = 'evil.example'
// The forms in which browsers have been led away: as they are given, after one decoding by the server.
const returns = [
  `//${evil}`, `///${evil}`, `////${evil}`, `/\\${evil}`, `\\/${evil}`, `\\\\${evil}`, `/\\/${evil}`, `/\\\\${evil}`, `\\${evil}`, `//\\${evil}`,
  `http://${evil}`, `https://${evil}`, `HTTPS://${evil}`, `https:${evil}`, `https:/${evil}`, `https:///${evil}`, `http:\\\\${evil}`, `https:\\${evil}`, `ftp://${evil}`, `ws://${evil}`,
  `javascript:alert(1)`, `JaVaScRiPt:alert(1)`, `java\tscript:alert(1)`, `java\nscript:alert(1)`, ` javascript:alert(1)`, `javascript://%0aalert(1)`, `data:text/html,<script>alert(1)</script>`,
  `vbscript:msgbox(1)`, `blob:https://${evil}/1`, `file:///etc/passwd`, `about:blank`, `view-source:https://${evil}`, `mailto:a@${evil}`,
  `/\t/${evil}`, `/\n/${evil}`, `/\r/${evil}`, `/\r\n/${evil}`, `\t//${evil}`, ` //${evil}`, `\u00a0//${evil}`, `\u3000//${evil}`, `\ufeff//${evil}`, `/\u0000/${evil}`,
  `/%2f${evil}`, `/%2F%2F${evil}`, `/%5c${evil}`, `/%5C/${evil}`, `%2f%2f${evil}`, `/%09/${evil}`, `/%0a/${evil}`, `/%0d%0aLocation:%20https://${evil}`, `/stories\r\nLocation: https://${evil}`,
  `/.//${evil}`, `/..//${evil}`, `/stories/..//${evil}`, `/./\\${evil}`, `/stories//${evil}`, `.${evil}`, `@${evil}`, `:@${evil}`, `//user@${evil}`, `//user:word@${evil}`, `//${evil}:443`,
  `//${evil}%2f@localhost`, `https://localhost@${evil}`, `https://localhost.${evil}`, `http://[::ffff:203.0.113.1]`, `//203.0.113.1`, `//0xcb007101`, `//3405803777`,
  `\u2215\u2215${evil}`, `/\u2044${evil}`, `/\uff0f${evil}`, `\uff0f\uff0f${evil}`, `/\uff3c${evil}`, `//ⓔvil.example`, `//evil。example`, `/\u202e//${evil}`, `?//${evil}`, `#//${evil}`, `;//${evil}`,
  `/sign-in?return=//${evil}`, `/sign-in?return=%2F%2F${evil}`, `/connectors/callback?redirect=https://${evil}`,
]

test(`${returns.length} hostile addresses to return to stay in the workbench`, async () => {
  const { page, left } = await guarded({ javaScriptEnabled: false })
  page.on('dialog', dialog => { left.push(dialog.message()); return dialog.dismiss() })
  for (const target of returns) {
    const answer = await page.goto(`/sign-in?return=${encodeURIComponent(target)}`, { waitUntil: 'commit' }).catch(error => ({ error }))
    assert.ok(!answer?.error, `${JSON.stringify(target)}: ${answer?.error?.message}`)
    assert.equal(new URL(page.url()).origin, workbench.base, JSON.stringify(target))
    assert.deepEqual(left, [], JSON.stringify(target))
  }
})

test('the forms of the sign-in page keep no hostile address either', async () => {
  const { page, left } = await guarded({ signedOut: true })
  await page.goto('/sign-in')
  const kept = await page.evaluate(returns => Promise.all(returns.map(async target => {
    const html = await (await fetch(`/sign-in?return=${encodeURIComponent(target)}`)).text()
    const page = new DOMParser().parseFromString(html, 'text/html')
    return [...page.querySelectorAll('input[name=return]')].map(e => e.value).concat([...page.querySelectorAll('form, a[href]')].map(e => e.action ?? e.href))
  })), returns)
  for (const [i, addresses] of kept.entries()) {
    assert.ok(addresses.length > 2)
    for (const address of addresses) assert.equal(new URL(address, workbench.base).origin, workbench.base, JSON.stringify(returns[i]))
  }
  assert.deepEqual(left, [])
})

const texts = [
  '<script>document.title="ran"</script>', '<img src=//evil.example/x onerror=document.title="ran">', '"><svg onload=document.title="ran">', "'-alert(1)-'", 'javascript:alert(1)',
  '<a href=https://evil.example>Press here to finish</a>', '</p></article><form action=//evil.example><input name=password>', '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<base href=//evil.example>', '<style>*{background:url(//evil.example/x)}</style>', '\u202egnp.exe \u200b<b>bold</b>', '{{constructor.constructor("alert(1)")()}}',
]

test('what Microsoft answers is text on the page and nothing else', async () => {
  const { page, left } = await guarded()
  page.on('dialog', dialog => { left.push(`dialog ${dialog.message()}`); return dialog.dismiss() })
  page.on('framenavigated', frame => { if (new URL(frame.url()).origin !== workbench.base) left.push(frame.url()) })
  const portal = new Portal(await workbench.visit(), workbench.portal)
  const registration = await portal.registration('Adatum Quiet')
  const answer = await page.request.post('/connectors', { form: { application: 'microsoft365', name: 'adatum', tenant: registration.tenant, clientId: registration.client,
    objectId: registration.object, credential: 'secret', secret: await portal.secret() }, maxRedirects: 0 })
  assert.equal(answer.status(), 303, await answer.text())
  const [connector] = await new Connectors(page).json()
  for (const text of texts) {
    const between = await (await page.request.post(`/connectors/${connector.id}/authorize`)).text()
    const state = between.match(/[?&;]state=([^&"]+)/)?.[1]
    assert.ok(state, between.slice(0, 2000))
    await page.goto(`/connectors/callback?${new URLSearchParams({ error: 'access_denied', error_description: text, error_uri: 'https://evil.example', state: decodeURIComponent(state) })}`)
    await page.getByRole('heading', { name: 'Permissions were not applied' }).waitFor()
    const main = page.getByRole('main')
    await main.locator('summary').filter({ hasText: 'What Microsoft said' }).click()
    const start = text.split('\u202e').at(-1).slice(0, 8).trim()
    assert.ok((await main.innerText()).includes(start), `${text} is shown as text: ${await main.innerText()}`)
    assert.equal(await main.locator('script, img, iframe, base, meta, style, input[name=password], a[href*=evil]').count(), 0, text)
    assert.notEqual(await page.title(), 'ran')
    assert.equal(new URL(page.url()).origin, workbench.base)
  }
  // An answer that nobody asked for shows nothing of what it says.
  await page.goto(`/connectors/callback?${new URLSearchParams({ error: 'access_denied', error_description: 'Call this number', state: 'made-up', tenant: 'evil', admin_consent: 'True' })}`)
  await page.getByRole('heading', { name: 'Nothing was changed' }).waitFor()
  assert.doesNotMatch(await page.getByRole('main').innerText(), /Call this number/)
  assert.deepEqual(left, [])
})
