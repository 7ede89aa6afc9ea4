// The pictures of the README, from the demo: node screenshots.js
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Story, samples } from './pages.js'
import { open } from './workbench.js'

const folder = join(import.meta.dirname, '..', 'docs', 'images')
mkdirSync(folder, { recursive: true })
const workbench = await open()
try {
  for (const theme of ['light', 'dark']) {
    const page = await workbench.visit({ display: { theme }, viewport: { width: 1440, height: 900 } })
    const known = await samples(page)
    const take = async name => {
      await page.mouse.move(0, 0)
      await page.screenshot({ path: join(folder, `${name}-${theme}.png`) })
    }
    await page.goto('/stories?sort=-criticality')
    await take('stories')
    const story = new Story(page)
    await story.open(known.endpoint.id)
    await story.expand()
    await story.show(story.nodes.nth(2))
    await story.alerts.scrollIntoViewIfNeeded()
    await take('story')
    await story.open(known.mail.id)
    await take('mail')
  }
} finally {
  await workbench.close()
}
