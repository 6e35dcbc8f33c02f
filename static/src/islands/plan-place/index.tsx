/** Island `plan-place`: a place in the textbook as a field of an ordinary form. */
import { render } from "preact";
import { useState } from "preact/hooks";
import { defineIsland } from "../../shared/mount";
import { NodePicker } from "../upload/NodePicker";

interface Props {
  name: string;
  value: string;
}

function Place({ name, value }: Props) {
  const [node, pick] = useState(value);
  return (
    <>
      <NodePicker id="node" value={node} describedBy="" isInvalid={false} onPick={pick} />
      <input type="hidden" name={name} value={node} />
    </>
  );
}

defineIsland<Props>("plan-place", (element, props) => {
  render(<Place {...props} />, element);
  return () => render(null, element);
});
