import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Story, samples } from './pages.js'
import { open } from './workbench.js'

let workbench, known
before(async () => {
  workbench = await open()
  known = await samples(await workbench.visit())
})
after(() => workbench?.close())

test('what an analyst saves shows in the summary and the timeline, and can be taken back', async () => {
  const story = new Story(await workbench.visit())
  const { id } = known.quiet
  await story.open(id)
  await story.manage({ Status: 'Monitoring', Verdict: 'Malicious', Severity: 'High', Comment: 'Seen <b>before</b> on another device' })
  await story.save()
  await story.timeline.getByText('Seen <b>before</b> on another device').first().waitFor()
  await story.timeline.getByText(/Monitoring/).first().waitFor()
  let now = await story.json(id)
  assert.deepEqual([now.status, now.verdict, now.analystSeverity], ['monitoring', 'malicious', 'high'])
  assert.match(JSON.stringify(now.lastComment), /on another device/)
  const summary = await story.summary.innerText()
  for (const word of [/Malicious/, /High/, /Monitoring/]) assert.match(summary, word)

  await story.undo()
  now = await story.json(id)
  assert.deepEqual([now.status, now.verdict, now.analystSeverity], [known.quiet.status, known.quiet.verdict, known.quiet.analystSeverity])
  assert.ok(now.timeline.some(item => JSON.stringify(item).includes('on another device')), 'the timeline forgets nothing')
})

test('a severity without the verdict malicious is refused beside its field', async () => {
  // The field hides while the verdict is another, so the form is sent as another program would.
  const page = await workbench.visit()
  const { id, verdict } = known.endpoint
  const answer = await page.request.post(`/stories/${id}/manage`, { form: { verdict: 'benign', analystSeverity: 'high' }, maxRedirects: 0 })
  assert.equal(answer.status(), 422)
  assert.match(await answer.text(), /id="manage-analystSeverity-error"/)
  assert.equal((await new Story(page).json(id)).verdict, verdict, 'nothing was saved')
})

test('of two tabs the second learns that the first was quicker, and keeps what it typed', async () => {
  const { id } = known.mail
  const first = new Story(await workbench.visit())
  const second = new Story(await first.page.context().newPage())
  await first.open(id)
  await second.open(id)
  await first.manage({ Comment: 'from the first tab', Owner: 'first' })
  await first.save()
  await first.timeline.getByText('from the first tab').first().waitFor()
  await second.manage({ Comment: 'from the second tab', Owner: 'second' })
  assert.equal((await second.save()).status(), 409)
  await second.actions.getByText('Somebody else saved first').waitFor()
  assert.equal(await second.field('Comment').inputValue(), 'from the second tab')
  assert.equal(await second.field('Owner').inputValue(), 'second')
  await second.actions.getByText('first', { exact: true }).waitFor()
  await second.save()
  await second.timeline.getByText('from the second tab').first().waitFor()
  assert.equal((await second.json(id)).owner, 'second')
})
