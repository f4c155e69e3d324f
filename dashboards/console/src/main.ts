import { createApp, watch } from 'vue'
import App from './App.vue'
import { createTranslator } from './locales/index.ts'
import { CONSOLE, createConsole } from './stores/console.ts'
import './styles/base.css'

const desk = createConsole()
const translator = createTranslator(desk.preferences.locale.value)
watch(desk.preferences.locale, (locale) => {
  translator.global.locale.value = locale
})

createApp(App).provide(CONSOLE, desk).use(translator).mount('#app')
void desk.session.resume()
