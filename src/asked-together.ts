/**
 * Makes many questions one: while an answer is on its way, what is asked gathers and goes out together when it has come.
 * A store that is slow or away then has one question at a time to answer, and none that nobody waits for any more.
 *
 * @param ask answers to all of these questions at once
 * @returns resolves with the answer to the questions of everybody who was asked for together; rejects as `ask` does
 */
export function askedTogether<Question, Answer>(
  ask: (questions: readonly Question[]) => Promise<Answer>,
): (questions: readonly Question[]) => Promise<Answer> {
  let gathering: { readonly questions: Question[]; readonly answer: Promise<Answer> } | null = null
  let before: Promise<unknown> = Promise.resolve()

  function gather(): { readonly questions: Question[]; readonly answer: Promise<Answer> } {
    const questions: Question[] = []
    const answer = before.then(() => {
      gathering = null
      return ask(questions)
    })
    before = answer.catch(() => {})
    return { questions, answer }
  }

  return (questions) => {
    gathering ??= gather()
    for (const question of questions) gathering.questions.push(question)
    return gathering.answer
  }
}
