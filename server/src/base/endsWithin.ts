/** Waiting with patience: whether an answer ends in time. */

/** True as soon as the answer is there or has failed; false if it is still awaited after these milliseconds. */
export function endsWithin(answer: Promise<unknown>, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    const ended = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    answer.then(ended, ended);
  });
}
