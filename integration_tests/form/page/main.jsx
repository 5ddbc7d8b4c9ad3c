/** The form of a connection specification: `showForm` draws it, `submitted` holds what the user submitted. */

import Form from "@rjsf/core";
import validator from "@rjsf/validator-ajv8";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import "./style.css";
import { readable, uiSchema } from "./ui_schema.js";

/** Required fields first, the others in a section that can be opened. */
function Sections({ properties, schema, title }) {
  const visible = properties.filter((property) => !property.hidden);
  const isRequired = ({ name }) => schema.required?.includes(name);
  const content = (chosen) => chosen.map((property) => property.content);
  return (
    <>
      <h1>{title}</h1>
      {content(visible.filter(isRequired))}
      <details>
        <summary>Optional fields</summary>
        {content(visible.filter((property) => !isRequired(property)))}
      </details>
      {content(properties.filter((property) => property.hidden))}
    </>
  );
}

/** Opens the section that an error is in: nobody finds an error in a closed one. */
const reveal = (error) => error?.closest("details")?.setAttribute("open", "");

/** One setting: label, help text, input, hint, errors. */
function Field({ children, hidden, id, label, rawDescription, rawErrors = [], rawHelp, schema }) {
  if (hidden || schema.type === "object") return children;
  return (
    <div className={rawErrors.length > 0 ? "field invalid" : "field"} data-field={id.replace("root_", "")}>
      <label htmlFor={id} id={`${id}__label`}>
        {label}
      </label>
      {rawDescription && (
        <p className="description" id={`${id}__description`}>
          {rawDescription}
        </p>
      )}
      {children}
      {rawHelp && (
        <p className="hint" id={`${id}__help`}>
          {rawHelp}
        </p>
      )}
      {rawErrors.length > 0 && (
        <p className="error" id={`${id}__error`} ref={reveal} role="alert">
          {rawErrors.join(", ")}
        </p>
      )}
    </div>
  );
}

function List({ canAdd, fieldPathId: { $id }, items, onAddClick }) {
  return (
    <div aria-labelledby={`${$id}__label`} className="list" id={$id} role="group">
      {items}
      {canAdd && (
        <button onClick={onAddClick} type="button">
          Add
        </button>
      )}
    </div>
  );
}

function Item({ buttonsProps, children }) {
  return (
    <div className="item">
      {children}
      <button onClick={buttonsProps.onRemoveItem} type="button">
        Remove
      </button>
    </div>
  );
}

/** A setting that is on or off; its label and help text are those of the field. */
function Checkbox({ id, onChange, value = false }) {
  return (
    <input
      aria-describedby={`${id}__description`}
      checked={value}
      id={id}
      onChange={(event) => onChange(event.target.checked)}
      type="checkbox"
    />
  );
}

const templates = {
  ArrayFieldItemTemplate: Item,
  ArrayFieldTemplate: List,
  FieldTemplate: Field,
  ObjectFieldTemplate: Sections,
};
const problems = [];
const root = createRoot(document.getElementById("form"), {
  onUncaughtError: (error) => problems.push(String(error)),
});
let shown = 0;

/** Draws an untouched form of the specification, with the values that are already there; returns what went wrong. */
window.showForm = (specification, values) => {
  window.submitted = null;
  shown += 1;
  flushSync(() =>
    root.render(
      <Form
        formData={values}
        key={shown}
        noHtml5Validate
        onSubmit={({ formData }) => (window.submitted = JSON.stringify(formData))}
        schema={specification}
        showErrorList={false}
        templates={templates}
        transformErrors={readable(specification)}
        uiSchema={uiSchema(specification)}
        validator={validator}
        widgets={{ CheckboxWidget: Checkbox }}
      />,
    ),
  );
  return problems;
};
