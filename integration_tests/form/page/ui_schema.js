/** Settings with which rjsf shows a connection specification like Airbyte's form. */

const order = (property) => property.order ?? Number.MAX_SAFE_INTEGER;

function hint({ pattern_descriptor, examples = [] }) {
  if (pattern_descriptor) return { "ui:help": `Format: ${pattern_descriptor}` };
  return examples.length > 0 && { "ui:help": `Example: ${examples.flat().join(" or ")}` };
}

function widget({ airbyte_hidden, airbyte_secret }) {
  if (airbyte_hidden) return { "ui:widget": "hidden" };
  return airbyte_secret && { "ui:widget": "password" };
}

/** rjsf's uiSchema for the specification: order, hidden and secret fields, and a hint below each input. */
export function uiSchema({ properties }) {
  const names = Object.keys(properties).sort((a, b) => order(properties[a]) - order(properties[b]));
  return {
    ...Object.fromEntries(names.map((name) => [name, { ...widget(properties[name]), ...hint(properties[name]) }])),
    "ui:order": names,
    "ui:submitButtonOptions": { submitText: "Set up source" },
  };
}

/** The errors in Airbyte's words: the wanted form instead of its regular expression, if the specification has one. */
export const readable = ({ properties }) => (errors) =>
  errors.map((error) => {
    const wanted = properties[error.property?.slice(1)]?.pattern_descriptor;
    if (error.name === "required") return { ...error, message: "This field is required" };
    return error.name === "pattern" && wanted ? { ...error, message: `The value must match the pattern ${wanted}` } : error;
  });
