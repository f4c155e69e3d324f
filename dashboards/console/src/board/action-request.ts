/** What an officer can do from this page, with what it needs. */
export type ActionRequest =
  | { readonly action: 'acknowledge' }
  /** null takes the alert back from whoever has it. */
  | { readonly action: 'assign'; readonly assignee: string | null; readonly note?: string }
  | { readonly action: 'verify'; readonly manner: string; readonly result: string }
  | { readonly action: 'measure'; readonly measure: string; readonly note?: string }
  | { readonly action: 'close'; readonly outcome: string; readonly note?: string }
  | { readonly action: 'dismiss'; readonly reason: string }
  | { readonly action: 'comment'; readonly note: string }
  | { readonly action: 'reopen'; readonly note?: string }
