export interface TreeNode {
  text: string;
  children?: TreeNode[];
}

/** Lines of a tree, the root without a branch. */
export function tree(root: TreeNode): string {
  return `${root.text}\n${branches(root.children ?? [], "")}`;
}

function branches(nodes: readonly TreeNode[], indent: string): string {
  return nodes
    .map((node, index) => {
      const last = index === nodes.length - 1;
      const line = `${indent}${last ? "└─ " : "├─ "}${node.text}\n`;
      return line + branches(node.children ?? [], `${indent}${last ? "   " : "│  "}`);
    })
    .join("");
}
