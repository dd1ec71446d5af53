export function proseSource(): () => { readonly heading: string; readonly sentence: string };
