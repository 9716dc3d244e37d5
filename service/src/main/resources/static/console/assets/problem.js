/** What a refused answer says, in its own words. */
export const reason = async response => {
  try {
    const problem = await response.json();
    return problem.detail || problem.title;
  } catch {
    return `the service answered with ${response.status}`;
  }
};
