import { createApp, watch } from 'vue'
import App from './App.vue'
import { createTranslator, speak } from './locales/index.ts'
import { CONSOLE, createConsole } from './stores/console.ts'
import './styles/base.css'

const desk = createConsole()
const translator = createTranslator()
const { locale } = desk.preferences
// The last wish counts, whatever order the languages arrive in; without a connection the page stays as it speaks.
let wish: Promise<void> = Promise.resolve()
watch(locale, () => {
  wish = wish.then(() => speak(translator, locale.value)).catch(() => {})
})

// Nobody who reads English sees Chinese first.
await speak(translator, locale.value).catch(() => {})
createApp(App).provide(CONSOLE, desk).use(translator).mount('#app')
void desk.session.resume()
