/** The result of the action; an error of the system that it rejects with names the file: those of an open file do not by themselves. */
export async function aboutFile<T>(path: string, action: Promise<T>): Promise<T> {
  try {
    return await action;
  } catch (error) {
    if (error instanceof Error && "code" in error && !("path" in error))
      Object.assign(error, { path });
    throw error;
  }
}
